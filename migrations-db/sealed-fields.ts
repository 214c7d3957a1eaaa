import type { KubeObject } from '../resources/meta/kube-object.js';
import { ANNOTATIONS } from '../resources/meta/labels.js';
import type { RunRecord } from '../resources/run/run-record.js';
import { decrypt, type EncryptionKeys, encrypt } from './encryption.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** No base64, so that no playbook looks like it. */
const FORM = /^sealed:([0-9a-f]+):([A-Za-z0-9+/=]+)$/;

/**
 * Playbooks of hooks, which people write passwords into: encrypted wherever the database holds them, and in clear for who may read them
 * by the API. A text that no key opens reads as empty: what else the object or the record says is still needed.
 */
export class SealedFields {
  constructor(private readonly keys: EncryptionKeys) {}

  /**
   * The object as it is stored.
   *
   * @param previous as it is stored now: what has not changed keeps its text, so that equal objects stay equal
   */
  seal(object: KubeObject, previous?: KubeObject): KubeObject {
    return this.edit(object, (text, context, read) => {
      const stored = previous && read(previous);
      return stored !== undefined && this.openText(stored, context) === text ? stored : this.sealText(text, context);
    });
  }

  /** The object as callers see it. */
  open<Read extends KubeObject>(stored: Read): Read {
    return this.edit(stored, (text, context) => this.openText(text, context)) as Read;
  }

  /** The stored object, with what an earlier key encrypted under the current one. A text that no key opens stays. */
  sealAgain(stored: KubeObject): KubeObject {
    return this.edit(stored, (text, context) => this.textAgain(text, context));
  }

  /** As {@link sealAgain}. */
  sealRecordAgain(uid: string, stored: RunRecord): RunRecord {
    return editPlaybooks(stored, (text, phase) => this.textAgain(text, `${uid}/${phase}`));
  }

  sealRecord(uid: string, record: RunRecord): RunRecord {
    return editPlaybooks(record, (text, phase) => this.sealText(text, `${uid}/${phase}`));
  }

  openRecord(uid: string, record: RunRecord): RunRecord {
    return editPlaybooks(record, (text, phase) => this.openText(text, `${uid}/${phase}`));
  }

  private edit(
    object: KubeObject,
    change: (text: string, context: string, read: (other: KubeObject) => string | undefined) => string,
  ): KubeObject {
    if (object.kind !== 'MigHook') return object;
    const { uid = '', annotations } = object.metadata;
    const playbook = playbookOf(object);
    const applied = appliedOf(object);
    return {
      ...object,
      metadata: {
        ...object.metadata,
        ...(applied !== undefined && {
          annotations: { ...annotations, [ANNOTATIONS.lastApplied]: change(applied, `${uid}/last-applied`, appliedOf) },
        }),
      },
      ...(playbook !== undefined && {
        spec: { ...object.spec, playbook: change(playbook, `${uid}/playbook`, playbookOf) },
      }),
    };
  }

  private sealText(text: string, context: string): string {
    const { keyId, nonce, tag, ciphertext } = encrypt(this.keys, Buffer.from(text), context);
    return `sealed:${keyId}:${Buffer.concat([nonce, tag, ciphertext]).toString('base64')}`;
  }

  private textAgain(text: string, context: string): string {
    const clear = this.openText(text, context);
    return clear === '' || FORM.exec(text)?.[1] === this.keys.current.id ? text : this.sealText(clear, context);
  }

  private openText(text: string, context: string): string {
    const [, keyId = '', packed = ''] = FORM.exec(text) ?? [];
    const bytes = Buffer.from(packed, 'base64');
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
    const ciphertext = bytes.subarray(NONCE_BYTES + TAG_BYTES);
    try {
      return decrypt(this.keys, { keyId, nonce, tag, ciphertext }, context).toString();
    } catch {
      return '';
    }
  }
}

const playbookOf = ({ spec }: KubeObject): string | undefined =>
  typeof spec?.playbook === 'string' ? spec.playbook : undefined;

/** kubectl repeats the whole object there. */
const appliedOf = ({ metadata }: KubeObject): string | undefined => metadata.annotations?.[ANNOTATIONS.lastApplied];

const editPlaybooks = (record: RunRecord, change: (text: string, phase: string) => string): RunRecord =>
  record.hooks?.some(({ playbook }) => playbook !== undefined)
    ? {
        ...record,
        hooks: record.hooks.map((hook) =>
          hook.playbook === undefined ? hook : { ...hook, playbook: change(hook.playbook, hook.phase) },
        ),
      }
    : record;

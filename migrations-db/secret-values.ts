import type { EntityManager } from 'typeorm';
import type { KubeObject } from '../resources/meta/kube-object.js';
import { decrypt, type EncryptedValue, type EncryptionKeys, encrypt } from './encryption.js';
import { SECRET_MARKER, withMaskedConfig } from './mask-last-applied.js';
import { type HoldsValue, StoreError } from './migration-store.js';
import { SecretValueEntity } from './schema/secret-value-entity.js';

/** What a write asks of a Secret's values. */
export interface SecretWrite {
  /** The object with the marker for each value. */
  object: KubeObject;
  /** Decoded values to store, by key. */
  values: Map<string, Buffer>;
  /** Keys that carry the marker. */
  kept: string[];
}

/**
 * Takes the values out of a Secret. `stringData` is merged into `data`; in kubectl's last-applied annotation, which repeats them, each
 * stands as the marker.
 *
 * @throws StoreError Invalid for a value that is not base64
 */
export function separateSecretValues(secret: KubeObject): SecretWrite {
  const { data, stringData, ...object } = structuredClone(secret);
  object.metadata = withMaskedConfig(object.metadata);
  const values = new Map<string, Buffer>();
  const kept: string[] = [];
  for (const [key, value] of Object.entries(data ?? {})) {
    if (value === SECRET_MARKER) {
      kept.push(key);
    } else {
      values.set(key, decode(key, value));
    }
  }
  for (const [key, value] of Object.entries(stringData ?? {})) {
    values.set(key, Buffer.from(String(value)));
  }
  const keys = new Set([...kept, ...values.keys()]);
  if (data || keys.size > 0) {
    object.data = Object.fromEntries([...keys].map((key) => [key, SECRET_MARKER]));
  }
  return { object, values, kept: kept.filter((key) => !values.has(key)) };
}

function decode(key: string, value: unknown): Buffer {
  const text = String(value ?? '').replaceAll(/\s/g, '');
  const decoded = Buffer.from(text, 'base64');
  if (decoded.toString('base64') !== text) {
    throw new StoreError('Invalid', `data[${key}] is not base64: put plain text under stringData instead`);
  }
  return decoded;
}

/** The encrypted values in the database. */
export class SecretValues {
  constructor(private readonly keys: EncryptionKeys) {}

  /**
   * Makes the stored values those the write asks for; false when it asks only for those that are kept. A value that is sent is written,
   * whatever was stored: under the current key, and tied to no address. The Secret's row must be locked.
   */
  async save(manager: EntityManager, uid: string, { values, kept }: Omit<SecretWrite, 'object'>): Promise<boolean> {
    const stored = new Map((await manager.findBy(SecretValueEntity, { secretUid: uid })).map((row) => [row.name, row]));
    const unknown = kept.find((key) => !stored.has(key));
    if (unknown !== undefined) {
      throw new StoreError('Invalid', `data[${unknown}] holds the marker of a stored value, but none is stored`);
    }
    const gone = [...stored.values()].filter(({ name }) => !values.has(name) && !kept.includes(name));
    if (values.size > 0) {
      const rows = [...values].map(([name, value]) => ({
        secretUid: uid,
        name,
        address: null,
        ...encrypt(this.keys, value, contextOf(uid, name)),
      }));
      await manager.upsert(SecretValueEntity, rows, ['secretUid', 'name']);
    }
    if (gone.length > 0) {
      await manager.remove(gone);
    }
    return values.size + gone.length > 0;
  }

  /** Whether the Secret has a value, by key. */
  async held(manager: EntityManager, uid: string): Promise<HoldsValue> {
    const stored = new Map((await manager.findBy(SecretValueEntity, { secretUid: uid })).map((row) => [row.name, row]));
    return (key, value) => this.holds(stored.get(key), value);
  }

  /** @throws Error when the key that encrypted it is not among ours */
  read(row: SecretValueEntity): Buffer {
    return decrypt(this.keys, row, contextOf(row.secretUid, row.name));
  }

  /**
   * The value of a row under the current key.
   *
   * @throws Error when the key that encrypted it is not among ours
   */
  encryptedAgain(row: SecretValueEntity): EncryptedValue {
    return encrypt(this.keys, this.read(row), contextOf(row.secretUid, row.name));
  }

  private holds(row: SecretValueEntity | undefined, value: Buffer): boolean {
    try {
      return row !== undefined && this.read(row).equals(value);
    } catch {
      // Its key is lost; only a new value helps.
      return false;
    }
  }
}

const contextOf = (uid: string, name: string): string => `${uid}/${name}`;

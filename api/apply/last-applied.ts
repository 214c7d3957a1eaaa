import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS } from '../../resources/meta/labels.js';
import { isObject } from '../patch/merge-patch.js';
import type { Conflict } from './apply-config.js';
import { compare } from './compare.js';
import { FieldSet } from './field-set.js';
import type { FieldType } from './field-type.js';
import { fieldsOf } from './fields-of.js';

/** The manager under which kubectl applies; only it moves from apply by the client to apply by the server. */
const KUBECTL = 'kubectl';

const annotationOf = ({ metadata }: KubeObject): string | undefined => metadata.annotations?.[ANNOTATIONS.lastApplied];

/** Conflicts that are left when kubectl may change what it applied itself, by the client: what still is as it applied it last. */
export function withoutOwnEarlier(
  type: FieldType,
  live: KubeObject,
  manager: string,
  conflicts: readonly Conflict[],
): readonly Conflict[] {
  if (manager !== KUBECTL || conflicts.length === 0) return conflicts;
  const earlier = appliedEarlier(type, live);
  return conflicts.filter(({ path }) => !earlier.has(path));
}

function appliedEarlier(type: FieldType, live: KubeObject): FieldSet {
  const config = readConfig(annotationOf(live));
  if (config?.apiVersion !== live.apiVersion) return new FieldSet();
  const { added, modified, removed } = compare(type, config, live);
  return fieldsOf(type, config).difference(added).difference(modified).difference(removed);
}

function readConfig(annotation: string | undefined): Record<string, unknown> | undefined {
  try {
    const config: unknown = JSON.parse(annotation ?? 'null');
    return isObject(config) ? config : undefined;
  } catch {
    return undefined;
  }
}

/** An object that kubectl also applies by the client keeps in step with what it applies by the server. */
export function withLastApplied(object: KubeObject, live: KubeObject, manager: string, config: KubeObject): KubeObject {
  if (manager !== KUBECTL || !annotationOf(live)) return object;
  const { [ANNOTATIONS.lastApplied]: _, ...annotations } = config.metadata.annotations ?? {};
  const applied = { ...config, metadata: { ...config.metadata, annotations } };
  const text = `${JSON.stringify(applied)}\n`;
  const metadata = {
    ...object.metadata,
    annotations: { ...object.metadata.annotations, [ANNOTATIONS.lastApplied]: text },
  };
  return { ...object, metadata };
}

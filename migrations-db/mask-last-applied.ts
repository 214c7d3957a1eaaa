import type { ObjectMeta } from '../resources/meta/kube-object.js';
import { ANNOTATIONS } from '../resources/meta/labels.js';

/** Stands for each value of a Secret in everything stored as an object or returned; written back, it keeps the stored value. */
export const SECRET_MARKER = Buffer.from('stored, never shown').toString('base64');

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What kubectl compares by, beside the keys of the values; nothing else of the configuration is kept, since anything may be in it. */
const KEPT = ['apiVersion', 'kind', 'type', 'immutable'] as const;

/**
 * The metadata of a Secret with no value in kubectl's last-applied annotation. Its keys stay, so that `kubectl apply` takes away those that
 * a later manifest no longer has. One that is not a configuration is dropped.
 */
export function withMaskedConfig(metadata: ObjectMeta): ObjectMeta {
  const annotation = metadata.annotations?.[ANNOTATIONS.lastApplied];
  if (annotation === undefined) return metadata;
  const { [ANNOTATIONS.lastApplied]: _, ...annotations } = metadata.annotations ?? {};
  const masked = maskConfig(annotation);
  return { ...metadata, annotations: { ...annotations, ...(masked && { [ANNOTATIONS.lastApplied]: masked }) } };
}

function maskConfig(text: string): string | undefined {
  const config = parse(text);
  if (!isObject(config)) return undefined;
  const known = Object.fromEntries(
    KEPT.filter((field) => isPlain(config[field])).map((field) => [field, config[field]]),
  );
  const metadata = maskMetadata(config.metadata);
  const values = Object.fromEntries(
    (['data', 'stringData'] as const)
      .filter((field) => isObject(config[field]))
      .map((field) => [field, mask(config[field] as Json)]),
  );
  return `${JSON.stringify({ ...known, ...(metadata && { metadata }), ...values })}\n`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isPlain = (value: unknown): boolean => typeof value === 'string' || typeof value === 'boolean';

const mask = (values: Json): Json => Object.fromEntries(Object.keys(values).map((key) => [key, SECRET_MARKER]));

/** Labels and annotations stand in the object itself, too. */
function maskMetadata(metadata: unknown): Json | undefined {
  if (!isObject(metadata)) return undefined;
  const names = ['name', 'namespace'].filter((field) => isPlain(metadata[field]));
  const maps = ['labels', 'annotations'].filter((field) => isObject(metadata[field]));
  return Object.fromEntries([
    ...names.map((field) => [field, metadata[field]]),
    ...maps.map((field) => [field, plainValues(metadata[field] as Json)]),
  ]);
}

const plainValues = (map: Json): Json => Object.fromEntries(Object.entries(map).filter(([, value]) => isPlain(value)));

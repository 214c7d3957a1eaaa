import { SECRET_MARKER, withMaskedConfig } from '../../migrations-db/mask-last-applied.js';
import type { HoldsValue } from '../../migrations-db/migration-store.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { isObject } from '../patch/merge-patch.js';

/**
 * A Secret as a client sent it, in the form the stored one has: `stringData` in `data`, the marker for each value that is stored already, and
 * no value in kubectl's annotation. Only then can be told what the client changes. What is not of its type is left for the admission.
 */
export function readSecret(object: KubeObject, holds: HoldsValue): KubeObject {
  if (object.kind !== 'Secret') return object;
  const { stringData, ...secret } = { ...object, metadata: withMaskedConfig(object.metadata) } as KubeObject;
  const texts = isObject(stringData) ? Object.values(stringData) : [];
  const readable =
    texts.every((text) => typeof text === 'string') && (secret.data === undefined || isObject(secret.data));
  if (!readable) return { ...secret, stringData };
  const encoded = Object.entries(stringData ?? {}).map(([key, text]) => [
    key,
    Buffer.from(String(text)).toString('base64'),
  ]);
  const data = { ...secret.data, ...Object.fromEntries(encoded) };
  return secret.data || encoded.length > 0 ? { ...secret, data: withMarkers(data, holds) } : secret;
}

const withMarkers = (data: Record<string, unknown>, holds: HoldsValue): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(data).map(([key, value]) => {
      const decoded = typeof value === 'string' ? decode(value) : undefined;
      return [key, decoded && holds(key, decoded) ? SECRET_MARKER : value];
    }),
  );

/** Undefined for what is not base64. */
function decode(text: string): Buffer | undefined {
  const compact = text.replaceAll(/\s/g, '');
  const decoded = Buffer.from(compact, 'base64');
  return decoded.toString('base64') === compact ? decoded : undefined;
}

import { z } from 'zod';
import { MIGRATION_NAMESPACE } from './labels.js';

/** Namespace in which MTC's users keep the credentials of clusters and storage. */
export const CREDENTIALS_NAMESPACE = 'openshift-config';

const reference = (of: string, namespace: string) =>
  z.strictObject({
    name: z.string().min(1).describe(`Name of the ${of}.`),
    namespace: z.string().min(1).default(namespace).describe(`Namespace of the ${of}.`),
  });

/** Reference to one of the migration kinds. */
export const migrationRef = (kind: string) => reference(kind, MIGRATION_NAMESPACE);

/** Reference to a Secret with credentials. */
export const credentialsRef = () => reference('Secret', CREDENTIALS_NAMESPACE);

/** Base64 text as `base64` prints it, line breaks included: what Go, which reads it, takes for base64. */
export const base64 = () => z.string().refine(isBase64, 'must be base64, as `base64 -w0 FILE` prints it');

function isBase64(text: string): boolean {
  const packed = text.replaceAll(/[\r\n]/g, '');
  return packed.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(packed);
}

/** A Kubernetes quantity. */
export const quantity = () => z.union([z.string(), z.number()]);

/** RFC 3339. */
export const timestamp = () => z.string();

/**
 * A list whose entries are told apart by these fields, in Kubernetes' words, which its OpenAPI document repeats: each entry, and each field of
 * one, can have an owner of its own in server-side apply.
 */
export const listMap = <Item extends z.ZodType>(item: Item, keys: readonly string[]) =>
  z.array(item).meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys });

/** A list of plain values, each of them with an owner of its own. */
export const listSet = <Item extends z.ZodType>(item: Item) => z.array(item).meta({ 'x-kubernetes-list-type': 'set' });

export const labelSelector = () =>
  z.strictObject({
    matchLabels: z
      .record(z.string(), z.string())
      .optional()
      .describe('Labels an object must carry, each with exactly this value.'),
    matchExpressions: z
      .array(
        z.strictObject({
          key: z.string().describe('Label key.'),
          operator: z
            .enum(['In', 'NotIn', 'Exists', 'DoesNotExist'])
            .describe('How the label is compared with values.'),
          values: z.array(z.string()).optional().describe('Values for In and NotIn.'),
        }),
      )
      .optional()
      .describe('Requirements on labels; all of them must hold.'),
  });

import { z } from 'zod';
import { ageColumn, column } from '../../meta/columns.js';
import { defineCoreKind } from '../../meta/define-kind.js';
import { base64 } from '../../meta/fields.js';
import type { FieldError } from '../../meta/kind-definition.js';
import type { KubeObject } from '../../meta/kube-object.js';
import { contentErrors } from './content.js';
import { immutableErrors } from './immutable.js';

/** Types in which tools keep records of their own, for themselves to read: Helm its releases. */
const READABLE_TYPES: readonly string[] = ['helm.sh/release.v1'];

/** Whether the values of a Secret are given back, unless an object of ours names it. */
export const isReadable = ({ kind, type }: KubeObject): boolean => kind === 'Secret' && READABLE_TYPES.includes(type);

/** What reads a Secret by its type can rely on it, as in Kubernetes. */
const typeErrors = (object: KubeObject, previous?: KubeObject): FieldError[] =>
  !previous || previous.type === object.type
    ? []
    : [
        {
          field: 'type',
          reason: 'FieldValueForbidden',
          message: `cannot be changed from ${previous.type}; delete the Secret and create it again`,
        },
      ];

export const secret = defineCoreKind({
  kind: 'Secret',
  plural: 'secrets',
  description:
    'Credentials. Values can be written but are never given back; reads show the keys. Releases of Helm (type helm.sh/release.v1) can be read.',
  fields: {
    type: z.string().default('Opaque').describe('Kind of secret; Opaque for the credentials used here.'),
    data: z.record(z.string(), base64()).optional().describe('Values by key, each in base64.'),
    stringData: z.record(z.string(), z.string()).optional().describe('Values by key as plain text; written only.'),
    immutable: z.boolean().optional().describe('True to refuse later changes of the values.'),
  },
  reported: true,
  validate: (object, previous) => [
    ...contentErrors(object),
    ...typeErrors(object, previous),
    ...immutableErrors(object, previous),
  ],
  columns: [
    column('Type', 'Kind of secret.', (o) => o.type),
    column('Data', 'Number of keys.', (o) => Object.keys(o.data ?? {}).length, { type: 'integer' }),
    ageColumn,
  ],
  selectableFields: ['type'],
});

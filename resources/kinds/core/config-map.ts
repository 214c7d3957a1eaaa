import { z } from 'zod';
import { ageColumn, column } from '../../meta/columns.js';
import { defineCoreKind } from '../../meta/define-kind.js';
import { base64 } from '../../meta/fields.js';
import { contentErrors } from './content.js';
import { immutableErrors } from './immutable.js';

export const configMap = defineCoreKind({
  kind: 'ConfigMap',
  plural: 'configmaps',
  shortNames: ['cm'],
  description: 'Settings that are not secret.',
  fields: {
    data: z.record(z.string(), z.string()).optional().describe('Texts by key.'),
    binaryData: z.record(z.string(), base64()).optional().describe('Binary values by key, each in base64.'),
    immutable: z.boolean().optional().describe('True to refuse later changes of the values.'),
  },
  reported: true,
  validate: (object, previous) => [...contentErrors(object), ...immutableErrors(object, previous)],
  columns: [
    column('Data', 'Number of keys.', (o) => Object.keys({ ...o.data, ...o.binaryData }).length, { type: 'integer' }),
    ageColumn,
  ],
});

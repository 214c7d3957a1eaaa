import { z } from 'zod';
import { column } from '../../meta/columns.js';
import { defineCoreKind } from '../../meta/define-kind.js';
import { timestamp } from '../../meta/fields.js';

const involvedObject = z.looseObject({
  apiVersion: z.string().optional().describe('API version of the object.'),
  kind: z.string().optional().describe('Kind of the object.'),
  namespace: z.string().optional().describe('Namespace of the object.'),
  name: z.string().optional().describe('Name of the object.'),
  uid: z.string().optional().describe('Identity of the object.'),
});

export const event = defineCoreKind({
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  description: 'Something that happened to an object.',
  verbs: ['delete', 'deletecollection', 'get', 'list', 'watch'],
  fields: {
    involvedObject: involvedObject.describe('The object it happened to.'),
    type: z.string().optional().describe('Normal or Warning.'),
    reason: z.string().optional().describe('One word for what happened.'),
    message: z.string().optional().describe('The same in words.'),
    count: z.int().optional().describe('How often it happened.'),
    firstTimestamp: timestamp().optional().describe('When it first happened.'),
    lastTimestamp: timestamp().optional().describe('When it last happened.'),
    source: z
      .looseObject({ component: z.string().optional().describe('Who reports it.') })
      .optional()
      .describe('Who reports it.'),
  },
  columns: [
    column('Last Seen', 'Time since it last happened.', (o) => o.lastTimestamp, { type: 'date' }),
    column('Type', 'Normal or Warning.', (o) => o.type),
    column('Reason', 'One word for what happened.', (o) => o.reason),
    column(
      'Object',
      'What it happened to.',
      (o) => `${o.involvedObject?.kind?.toLowerCase()}/${o.involvedObject?.name}`,
    ),
    column('Message', 'What happened.', (o) => o.message),
    column('Name', 'Name of the event.', (o) => o.metadata.name, { priority: 1 }),
    column('Count', 'How often it happened.', (o) => o.count, { type: 'integer', priority: 1 }),
  ],
  selectableFields: [
    'involvedObject.apiVersion',
    'involvedObject.kind',
    'involvedObject.name',
    'involvedObject.namespace',
    'involvedObject.uid',
    'reason',
    'type',
  ],
});

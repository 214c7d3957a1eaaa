import { z } from 'zod';
import { column } from '../../meta/columns.js';
import { defineCoreKind } from '../../meta/define-kind.js';
import { timestamp } from '../../meta/fields.js';
import type { FieldError } from '../../meta/kind-definition.js';
import type { KubeObject } from '../../meta/kube-object.js';
import { isTime } from '../../meta/time.js';

/** As clients in Go write times of this type, and all that they read. */
const microTime = () =>
  z.string().refine((text) => isTime(text) && /\.\d{6}(Z|[+-][\d:]+)$/.test(text), 'must be a time with microseconds');

const time = () => timestamp().refine(isTime, 'must be a time as RFC 3339 writes it');

const objectReference = z.strictObject({
  apiVersion: z.string().optional().describe('API version of the object.'),
  kind: z.string().optional().describe('Kind of the object.'),
  namespace: z.string().optional().describe('Namespace of the object.'),
  name: z.string().optional().describe('Name of the object.'),
  uid: z.string().optional().describe('Identity of the object.'),
  resourceVersion: z.string().optional().describe('Revision of the object.'),
  fieldPath: z.string().optional().describe('The part of the object.'),
});

/** Kubernetes' rule: an event stands beside what it is about. */
const namespaceErrors = ({ metadata, involvedObject }: KubeObject): FieldError[] =>
  (involvedObject.namespace || metadata.namespace) === metadata.namespace
    ? []
    : [
        {
          field: 'involvedObject.namespace',
          reason: 'FieldValueInvalid',
          message: 'does not match metadata.namespace',
        },
      ];

export const event = defineCoreKind({
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  description: 'Something that happened to an object.',
  fields: {
    involvedObject: objectReference.describe('The object it happened to.'),
    type: z.string().optional().describe('Normal or Warning.'),
    reason: z.string().optional().describe('One word for what happened.'),
    message: z.string().optional().describe('The same in words.'),
    count: z.int32().optional().describe('How often it happened.'),
    firstTimestamp: time().optional().describe('When it first happened.'),
    lastTimestamp: time().optional().describe('When it last happened.'),
    source: z
      .strictObject({
        component: z.string().optional().describe('Who reports it.'),
        host: z.string().optional().describe('Where that runs.'),
      })
      .optional()
      .describe('Who reports it.'),
    eventTime: microTime().optional().describe('When it was first seen.'),
    series: z
      .strictObject({
        count: z.int32().optional().describe('How often it happened.'),
        lastObservedTime: microTime().optional().describe('When it last happened.'),
      })
      .optional()
      .describe('That it happens again and again.'),
    action: z.string().optional().describe('What was done about the object.'),
    related: objectReference.optional().describe('Another object it has to do with.'),
    reportingComponent: z.string().optional().describe('Who reports it.'),
    reportingInstance: z.string().optional().describe('Which of several reporters.'),
  },
  validate: namespaceErrors,
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

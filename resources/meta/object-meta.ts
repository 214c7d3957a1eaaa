import { z } from 'zod';
import { listMap, listSet, timestamp } from './fields.js';
import { managedFieldsEntry } from './managed-fields.js';

const ownerReference = z.strictObject({
  apiVersion: z.string().describe('API version of the owner.'),
  kind: z.string().describe('Kind of the owner.'),
  name: z.string().describe('Name of the owner.'),
  uid: z.string().describe('Identity of the owner.'),
  controller: z.boolean().optional().describe('True when the owner manages the object.'),
  blockOwnerDeletion: z.boolean().optional().describe('True when the owner waits for the object to be deleted.'),
});

/** What users may write in `metadata`; fields the server sets are accepted and ignored. */
export const objectMeta = z
  .strictObject({
    name: z.string().optional().describe('Name, unique among the objects of the kind in the namespace.'),
    generateName: z.string().optional().describe('Prefix of a name that the server completes, when name is absent.'),
    namespace: z.string().optional().describe('Namespace of the object.'),
    labels: z.record(z.string(), z.string()).optional().describe('Keys and values that selectors find objects by.'),
    annotations: z.record(z.string(), z.string()).optional().describe('Keys and values for tools and people.'),
    finalizers: listSet(z.string())
      .optional()
      .describe('What must be done before a deleted object is removed; each entry is removed when done.'),
    ownerReferences: listMap(ownerReference, ['uid']).optional().describe('Objects this one belongs to.'),
    uid: z.string().optional().describe('Identity, set by the server.'),
    resourceVersion: z
      .string()
      .optional()
      .describe('Revision of the object, set by the server; a change that carries an old one is refused.'),
    generation: z.int().optional().describe('Grows with each change of the spec; set by the server.'),
    creationTimestamp: timestamp().optional().describe('When the object was created; set by the server.'),
    deletionTimestamp: timestamp().optional().describe('When deletion was asked for; set by the server.'),
    deletionGracePeriodSeconds: z.int().optional().describe('Set by the server.'),
    managedFields: z
      .array(managedFieldsEntry)
      .optional()
      .describe('Who owns which fields; kept by the server, and left as it is by a change that does not name it.'),
    selfLink: z.string().optional().describe('Not kept here.'),
  })
  .describe('Standard metadata.');

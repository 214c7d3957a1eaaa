import { z } from 'zod';

/** RFC 3339 in UTC or with an offset, as clients read it back into a time. */
const time = () => z.iso.datetime({ offset: true });

/** Who owns which fields of an object; the server keeps it. Clients write it to hand fields over, or to let go of all. */
export const managedFieldsEntry = z
  .strictObject({
    manager: z.string().max(128).optional().describe('Name of the writer.'),
    operation: z.enum(['Apply', 'Update']).describe('Apply for server-side apply, Update for every other write.'),
    apiVersion: z.string().min(1).describe('Version of the object that the fields are of.'),
    time: time().optional().describe('When the writer last changed what it owns.'),
    fieldsType: z.literal('FieldsV1').describe('Format of the fields: FieldsV1.'),
    fieldsV1: z.looseObject({}).optional().describe('The fields, as a tree.'),
    subresource: z
      .string()
      .max(128)
      .optional()
      .describe('Subresource they were written through; absent for the object itself.'),
  })
  .describe('What one writer owns.');

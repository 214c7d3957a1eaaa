import { z } from 'zod';
import { isTime } from '../../resources/meta/time.js';
import { badRequest } from '../http/api-error.js';

const time = z.string().refine(isTime, 'must be a time as RFC 3339 writes it');
const text = z.string().optional();

/**
 * What the server sets, but clients send back as they read it. Typed clients cannot read a list at all when one object in it holds something else
 * here, so that Kubernetes refuses the body.
 */
const systemFields = z.looseObject({
  creationTimestamp: time.nullish(),
  deletionTimestamp: time.nullish(),
  managedFields: z
    .array(
      z.looseObject({
        manager: text,
        operation: text,
        apiVersion: text,
        time: time.nullish(),
        fieldsType: text,
        subresource: text,
      }),
    )
    .nullish(),
});

/**
 * The metadata of a body, not yet looked at by the schema of its kind.
 *
 * @throws ApiError 400
 */
export function decodeMetadata(metadata: unknown): Record<string, unknown> {
  const read = systemFields.safeParse(metadata ?? {});
  if (read.success) {
    const { selfLink, ...kept } = read.data;
    return kept;
  }
  const [issue] = read.error.issues;
  const field = ['metadata', ...(issue?.path ?? [])].join('.');
  throw badRequest(`the body cannot be decoded: ${field}: ${issue?.message}`, [
    { field, reason: 'FieldValueInvalid', message: issue?.message ?? '' },
  ]);
}

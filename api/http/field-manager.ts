import type { Request } from 'express';
import type { FieldError } from '../../resources/meta/kind-definition.js';
import { ApiError } from './api-error.js';
import { flag, parameter } from './query.js';

/** Kubernetes' bound for the name of a field manager. */
const MAX_BYTES = 128;

const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;
const EACH_UNPRINTABLE = new RegExp(UNPRINTABLE, 'gu');

function invalidOptions(kind: string, { field, reason, message }: FieldError): ApiError {
  return new ApiError(422, 'Invalid', `${kind}.meta.k8s.io "" is invalid: ${field}: ${message}`, {
    group: 'meta.k8s.io',
    kind,
    causes: [{ field, reason, message }],
  });
}

/**
 * Under which name a write owns the fields it changes: `fieldManager`, else the program that the user agent names.
 *
 * @throws ApiError 422
 */
export function fieldManagerOf(request: Request): string {
  const given = parameter(request, 'fieldManager');
  if (given === undefined) return fromUserAgent(request.headers['user-agent'] ?? '');
  if (Buffer.byteLength(given) > MAX_BYTES || UNPRINTABLE.test(given)) {
    throw invalidOptions('PatchOptions', {
      field: 'fieldManager',
      reason: 'FieldValueInvalid',
      message: `Invalid value: must have at most ${MAX_BYTES} bytes, all of them printable`,
    });
  }
  return given;
}

function fromUserAgent(userAgent: string): string {
  const program = (userAgent.split('/', 1)[0] ?? '').slice(0, MAX_BYTES).replaceAll(EACH_UNPRINTABLE, '');
  let name = '';
  for (const character of program) {
    if (Buffer.byteLength(name + character) > MAX_BYTES) break;
    name += character;
  }
  return name;
}

/**
 * Whether server-side apply takes over what others own. It has to say who applies.
 *
 * @throws ApiError 422
 */
export function readForce(request: Request): boolean {
  if (parameter(request, 'fieldManager') === undefined) {
    throw invalidOptions('PatchOptions', {
      field: 'fieldManager',
      reason: 'FieldValueRequired',
      message: 'Required value: is required for apply patch',
    });
  }
  return flag(request, 'force');
}

/** @throws ApiError 422 where another patch asks to take over what others own, which every other patch does */
export function refuseForce(request: Request): void {
  if (parameter(request, 'force') === undefined) return;
  throw invalidOptions('PatchOptions', {
    field: 'force',
    reason: 'FieldValueForbidden',
    message: 'Forbidden: may not be specified for non-apply patch',
  });
}

import type { Request, Response } from 'express';
import { badRequest } from '../http/api-error.js';
import { actorOf } from '../http/authenticate.js';
import { duplicatesIn } from '../http/decode-body.js';
import { fieldManagerOf, readForce } from '../http/field-manager.js';
import { readWriteQuery } from '../http/write-query.js';
import { warnClient } from '../present/warn-client.js';
import type { ApplyWrite } from './apply-service.js';
import type { UserWrite } from './resource-service.js';

/**
 * How the sender of a request wants it written, and where warnings about it go.
 *
 * @throws ApiError 400 for a body that says something twice, when that is refused
 */
export function userWrite(request: Request, response: Response): UserWrite {
  const query = readWriteQuery(request);
  const warn = (message: string) => warnClient(response, message);
  const duplicates = duplicatesIn(request);
  if (duplicates.length > 0 && query.fieldValidation === 'Strict') {
    throw badRequest(`strict decoding error: ${duplicates.join(', ')}`);
  }
  if (query.fieldValidation === 'Warn') duplicates.forEach(warn);
  return { ...query, actor: actorOf(request), manager: fieldManagerOf(request), warn };
}

/** The same for server-side apply. */
export const applyWrite = (request: Request, response: Response): ApplyWrite => ({
  ...userWrite(request, response),
  force: readForce(request),
});

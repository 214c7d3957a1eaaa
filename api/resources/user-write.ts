import type { Request, Response } from 'express';
import { ADMIN } from '../http/authenticate.js';
import { warnClient } from '../present/respond.js';
import type { UserWrite } from './resource-service.js';
import { readWriteQuery } from './write-query.js';

/** How the sender of a request wants it written, and told of what is odd about it. */
export const userWrite = (request: Request, response: Response): UserWrite => ({
  ...readWriteQuery(request),
  actor: ADMIN,
  warn: (message) => warnClient(response, message),
});

import type { Request, Response } from 'express';
import { ADMIN } from '../http/authenticate.js';
import { readWriteQuery } from '../http/write-query.js';
import { warnClient } from '../present/respond.js';
import type { UserWrite } from './resource-service.js';

/** How the sender of a request wants it written, and where warnings about it go. */
export const userWrite = (request: Request, response: Response): UserWrite => ({
  ...readWriteQuery(request),
  actor: ADMIN,
  warn: (message) => warnClient(response, message),
});

import type { Request, Response } from 'express';
import { ADMIN } from '../http/authenticate.js';
import { fieldManagerOf, readForce } from '../http/field-manager.js';
import { readWriteQuery } from '../http/write-query.js';
import { warnClient } from '../present/respond.js';
import type { ApplyWrite } from './apply-service.js';
import type { UserWrite } from './resource-service.js';

/** How the sender of a request wants it written, and where warnings about it go. */
export const userWrite = (request: Request, response: Response): UserWrite => ({
  ...readWriteQuery(request),
  actor: ADMIN,
  manager: fieldManagerOf(request),
  warn: (message) => warnClient(response, message),
});

/** The same for server-side apply. */
export const applyWrite = (request: Request, response: Response): ApplyWrite => ({
  ...userWrite(request, response),
  force: readForce(request),
});

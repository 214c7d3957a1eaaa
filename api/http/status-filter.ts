import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import type { Logger } from 'pino';
import { forLog } from './error-for-log.js';
import { statusOf } from './status.js';

/** Answers every failure with a `Status` object. */
@Catch()
export class StatusFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    this.answer(error, host.switchToHttp().getResponse<Response>());
  }

  /** Also used by the middleware that runs before Nest's own error handling. */
  answer(error: unknown, response: Response): void {
    const status = statusOf(error);
    if (status.code === 500) this.logger.error({ error: forLog(error) }, 'A request failed unexpectedly');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (status.details?.retryAfterSeconds) response.setHeader('Retry-After', String(status.details.retryAfterSeconds));
    if (status.code === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    response.status(status.code).json(status);
  }
}

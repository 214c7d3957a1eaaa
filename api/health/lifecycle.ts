import { Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';

/** Whether the service is about to go: then it says that it is not ready, and lets go of connections as it answers on them. */
@Injectable()
export class Lifecycle {
  ending = false;

  readonly middleware = (_request: Request, response: Response, next: NextFunction): void => {
    if (this.ending) response.setHeader('Connection', 'close');
    next();
  };
}

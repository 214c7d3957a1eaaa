import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { Response } from 'express';
import type { MigrationStore } from '../../migrations-db/migration-store.js';
import { ApiError } from '../http/api-error.js';
import { STORE } from '../http/tokens.js';
import { Lifecycle } from './lifecycle.js';

/** Probes; open to all. */
@Controller()
export class HealthController {
  constructor(
    @Inject(STORE) private readonly store: MigrationStore,
    @Inject(Lifecycle) private readonly lifecycle: Lifecycle,
  ) {}

  /** The process answers. */
  @Get(['healthz', 'livez'])
  alive(@Res() response: Response): void {
    response.type('text/plain').send('ok');
  }

  /** The database answers too, and the service is to stay; else a 503 Status. */
  @Get('readyz')
  async ready(@Res() response: Response): Promise<void> {
    if (this.lifecycle.ending) throw new ApiError(503, 'ServiceUnavailable', 'the service is shutting down');
    await this.store.ping();
    response.type('text/plain').send('ok');
  }
}

import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { Response } from 'express';
import type { MigrationStore } from '../../migrations-db/migration-store.js';
import { STORE } from '../http/tokens.js';

/** Probes; open to all. */
@Controller()
export class HealthController {
  constructor(@Inject(STORE) private readonly store: MigrationStore) {}

  /** The process answers. */
  @Get(['healthz', 'livez'])
  alive(@Res() response: Response): void {
    response.type('text/plain').send('ok');
  }

  /** The database answers too; else a 503 Status. */
  @Get('readyz')
  async ready(@Res() response: Response): Promise<void> {
    await this.store.ping();
    response.type('text/plain').send('ok');
  }
}

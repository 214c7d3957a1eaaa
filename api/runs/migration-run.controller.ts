import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { KubeObject } from '../../resources/kube-object.js';
import { GROUP, VERSION } from '../../resources/labels.js';
import { migMigration } from '../../resources/mig-migration.js';
import { respond } from '../present/respond.js';
import { ResourceService } from '../resources/resource-service.js';
import { logText } from './log-text.js';
import { reportOf } from './report.js';
import { RunHistory } from './run-history.js';

/** What happened in a migration: `kubectl get --raw …/migmigrations/<name>/log` and `…/report`. */
@Controller(`apis/${GROUP}/${VERSION}/namespaces/:namespace/migmigrations/:name`)
export class MigrationRunController {
  constructor(
    @Inject(ResourceService) private readonly resources: ResourceService,
    @Inject(RunHistory) private readonly history: RunHistory,
  ) {}

  @Get('log')
  async log(
    @Param('namespace') namespace: string,
    @Param('name') name: string,
    @Res() response: Response,
  ): Promise<void> {
    const migration = await this.find(namespace, name);
    response.type('text/plain').send(logText(migration, await this.history.attemptsOf(migration)));
  }

  @Get('report')
  async report(
    @Param('namespace') namespace: string,
    @Param('name') name: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const migration = await this.find(namespace, name);
    respond(request, response, reportOf(migration, await this.history.attemptsOf(migration)));
  }

  private find(namespace: string, name: string): Promise<KubeObject> {
    return this.resources.get({ definition: migMigration, namespace, name });
  }
}

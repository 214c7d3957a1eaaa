import { Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { changeAnnotations } from '../../resources/keep-annotations.js';
import type { KubeObject } from '../../resources/kube-object.js';
import { ANNOTATIONS, GROUP, VERSION } from '../../resources/labels.js';
import { migMigration } from '../../resources/mig-migration.js';
import { refuseRetry } from '../../resources/retry.js';
import { conflict } from '../http/api-error.js';
import { respond, respondObject } from '../present/respond.js';
import { ResourceService } from '../resources/resource-service.js';
import { userWrite } from '../resources/user-write.js';
import { logText } from './log-text.js';
import { reportOf } from './report.js';
import { RunHistory } from './run-history.js';

/** As `kubectl annotate` would. */
function askToRetry(migration: KubeObject): KubeObject {
  const refusal = refuseRetry(migration);
  if (refusal === undefined) return changeAnnotations(migration, { [ANNOTATIONS.retry]: 'now' });
  const cause = { field: 'status.conditions', reason: 'FieldValueForbidden', message: refusal };
  throw conflict(migMigration, migration.metadata.name, refusal, [cause]);
}

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

  /** Begins the next attempt of a migration that failed; tells a paused one to go on. */
  @Post('retry')
  @HttpCode(200)
  async retry(
    @Param('namespace') namespace: string,
    @Param('name') name: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const target = { definition: migMigration, namespace, name };
    const retried = await this.resources.update(target, askToRetry, userWrite(request, response));
    respondObject(request, response, migMigration, retried);
  }

  private find(namespace: string, name: string): Promise<KubeObject> {
    return this.resources.get({ definition: migMigration, namespace, name });
  }
}

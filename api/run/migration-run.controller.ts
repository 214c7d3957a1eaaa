import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { migMigration } from '../../resources/kinds/mig-migration.js';
import { refuseRetry } from '../../resources/kinds/retry.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS, GROUP, VERSION } from '../../resources/meta/labels.js';
import { changeAnnotations } from '../../resources/run/keep-annotations.js';
import { conflict } from '../http/api-error.js';
import { userWrite } from '../objects/user-write.js';
import { respond, respondObject } from '../present/respond.js';
import { RunController } from './run.controller.js';

@Controller(`apis/${GROUP}/${VERSION}/namespaces/:namespace/migmigrations/:name`)
export class MigrationRunController extends RunController {
  protected readonly definition = migMigration;

  /** The plan, the migration, its attempts, and what these did and made. */
  @Get('tree')
  async tree(
    @Param('namespace') namespace: string,
    @Param('name') name: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    respond(request, response, await this.history.treeOf(await this.find(namespace, name)));
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
}

/** As `kubectl annotate` would. */
function askToRetry(migration: KubeObject): KubeObject {
  const refusal = refuseRetry(migration);
  if (refusal === undefined) return changeAnnotations(migration, { [ANNOTATIONS.retry]: 'now' });
  const cause = { field: 'status.conditions', reason: 'FieldValueForbidden', message: refusal };
  throw conflict(migMigration, migration.metadata.name, refusal, [cause]);
}

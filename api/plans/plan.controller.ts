import { Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { MigrationStore } from '../../migrations-db/migration-store.js';
import { changeAnnotations } from '../../resources/keep-annotations.js';
import { ANNOTATIONS, GROUP, VERSION } from '../../resources/labels.js';
import { migPlan } from '../../resources/mig-plan.js';
import { respond, respondObject } from '../present/respond.js';
import { ResourceService } from '../resources/resource-service.js';
import { userWrite } from '../resources/user-write.js';
import { STORE } from '../tokens.js';
import { rollbackPreview } from './rollback-preview.js';

/** What is asked of a plan beside its fields. */
@Controller(`apis/${GROUP}/${VERSION}/namespaces/:namespace/migplans/:name`)
export class PlanController {
  constructor(
    @Inject(ResourceService) private readonly resources: ResourceService,
    @Inject(STORE) private readonly store: MigrationStore,
  ) {}

  /** Everything a rollback of the plan would delete, and what it would leave. */
  @Get('rollback')
  async rollback(
    @Param('namespace') namespace: string,
    @Param('name') name: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const plan = await this.resources.get({ definition: migPlan, namespace, name });
    respond(request, response, await rollbackPreview(this.store, plan));
  }

  /** Has removed what ended migrations of the plan left in the clusters; `status.lastSweep` tells what came of it. */
  @Post('sweep')
  @HttpCode(200)
  async sweep(
    @Param('namespace') namespace: string,
    @Param('name') name: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const target = { definition: migPlan, namespace, name };
    const asked = await this.resources.update(
      target,
      (plan) => changeAnnotations(plan, { [ANNOTATIONS.sweep]: 'now' }),
      userWrite(request, response),
    );
    respondObject(request, response, migPlan, asked);
  }
}

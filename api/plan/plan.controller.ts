import { Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { MigrationStore } from '../../migrations-db/migration-store.js';
import { migPlan } from '../../resources/kinds/mig-plan.js';
import { ANNOTATIONS, GROUP, VERSION } from '../../resources/meta/labels.js';
import { changeAnnotations } from '../../resources/run/keep-annotations.js';
import { STORE } from '../http/tokens.js';
import { ResourceService } from '../objects/resource-service.js';
import { rollbackPreview } from '../objects/rollback-preview.js';
import { userWrite } from '../objects/user-write.js';
import { respond, respondObject } from '../present/respond.js';

/** Requests to a plan besides its fields. */
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

  /** Requests the removal of what ended migrations of the plan left in the clusters; `status.lastSweep` shows the outcome. */
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

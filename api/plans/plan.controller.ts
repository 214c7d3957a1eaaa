import { Controller, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { changeAnnotations } from '../../resources/keep-annotations.js';
import { ANNOTATIONS, GROUP, VERSION } from '../../resources/labels.js';
import { migPlan } from '../../resources/mig-plan.js';
import { respondObject } from '../present/respond.js';
import { ResourceService } from '../resources/resource-service.js';
import { userWrite } from '../resources/user-write.js';

/** What is asked of a plan beside its fields. */
@Controller(`apis/${GROUP}/${VERSION}/namespaces/:namespace/migplans/:name`)
export class PlanController {
  constructor(@Inject(ResourceService) private readonly resources: ResourceService) {}

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

import { Controller, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { migSchedule } from '../../resources/kinds/mig-schedule.js';
import { RUN_NOW_FIELD, refuseRun } from '../../resources/kinds/validate.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS, GROUP, VERSION } from '../../resources/meta/labels.js';
import { changeAnnotations } from '../../resources/run/keep-annotations.js';
import { conflict } from '../http/api-error.js';
import { ResourceService } from '../objects/resource-service.js';
import { userWrite } from '../objects/user-write.js';
import { respondObject } from '../present/respond.js';

/** As `kubectl annotate` would. */
function askToRun(schedule: KubeObject): KubeObject {
  const refusal = refuseRun(schedule, schedule);
  if (refusal === undefined) return changeAnnotations(schedule, { [ANNOTATIONS.runNow]: 'now' });
  const cause = { field: RUN_NOW_FIELD, reason: 'FieldValueForbidden', message: refusal } as const;
  throw conflict(migSchedule, schedule.metadata.name, refusal, [cause]);
}

/** Starts a stage migration of a schedule right now. */
@Controller(`apis/${GROUP}/${VERSION}/namespaces/:namespace/migschedules/:name`)
export class ScheduleRunController {
  constructor(@Inject(ResourceService) private readonly resources: ResourceService) {}

  @Post('run')
  @HttpCode(200)
  async run(
    @Param('namespace') namespace: string,
    @Param('name') name: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const target = { definition: migSchedule, namespace, name };
    const asked = await this.resources.update(target, askToRun, userWrite(request, response));
    respondObject(request, response, migSchedule, asked);
  }
}

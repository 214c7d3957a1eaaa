import { Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { refuseRetry } from '../../resources/kinds/retry.js';
import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS } from '../../resources/meta/labels.js';
import { changeAnnotations } from '../../resources/run/keep-annotations.js';
import { conflict } from '../http/api-error.js';
import { ResourceService } from '../objects/resource-service.js';
import { userWrite } from '../objects/user-write.js';
import { respond, respondObject } from '../present/respond.js';
import { logText } from './log-text.js';
import { reportOf } from './report.js';
import { RunHistory } from './run-history.js';

/**
 * What happened in a run, and its next attempt: `kubectl get --raw …/<plural>/<name>/log` and `…/report`, `kubectl create --raw
 * …/retry`.
 */
export abstract class RunController {
  protected abstract readonly definition: KindDefinition;

  constructor(
    @Inject(ResourceService) protected readonly resources: ResourceService,
    @Inject(RunHistory) protected readonly history: RunHistory,
  ) {}

  @Get('log')
  async log(
    @Param('namespace') namespace: string,
    @Param('name') name: string,
    @Res() response: Response,
  ): Promise<void> {
    const object = await this.find(namespace, name);
    response.type('text/plain').send(logText(object, await this.history.attemptsOf(object)));
  }

  @Get('report')
  async report(
    @Param('namespace') namespace: string,
    @Param('name') name: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const object = await this.find(namespace, name);
    respond(request, response, reportOf(object, await this.history.attemptsOf(object)));
  }

  /** Begins the next attempt of what failed; tells a paused one to continue. */
  @Post('retry')
  @HttpCode(200)
  async retry(
    @Param('namespace') namespace: string,
    @Param('name') name: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { definition } = this;
    const target = { definition, namespace, name };
    const write = userWrite(request, response);
    const retried = await this.resources.update(target, (object) => askToRetry(definition, object), write);
    respondObject(request, response, definition, retried);
  }

  protected find(namespace: string, name: string): Promise<KubeObject> {
    return this.resources.get({ definition: this.definition, namespace, name });
  }
}

/** As `kubectl annotate` would. */
function askToRetry(definition: KindDefinition, object: KubeObject): KubeObject {
  const refusal = refuseRetry(object);
  if (refusal === undefined) return changeAnnotations(object, { [ANNOTATIONS.retry]: 'now' });
  const cause = { field: 'status.conditions', reason: 'FieldValueForbidden', message: refusal };
  throw conflict(definition, object.metadata.name, refusal, [cause]);
}

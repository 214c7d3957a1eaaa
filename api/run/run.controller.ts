import { Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ResourceService } from '../objects/resource-service.js';
import { respond } from '../present/respond.js';
import { logText } from './log-text.js';
import { reportOf } from './report.js';
import { RunHistory } from './run-history.js';

/** What happened in what is run: `kubectl get --raw …/<plural>/<name>/log` and `…/report`. */
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

  protected find(namespace: string, name: string): Promise<KubeObject> {
    return this.resources.get({ definition: this.definition, namespace, name });
  }
}

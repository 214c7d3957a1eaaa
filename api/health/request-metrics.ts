import { Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { pathOf } from '../http/path-of.js';
import { flag } from '../http/query.js';
import { kindAt } from '../http/resource-path.js';

/** Durations and counts of requests, for Prometheus, under the names the Kubernetes API server uses. */
@Injectable()
export class RequestMetrics {
  readonly registry = new Registry();
  private readonly total = new Counter({
    name: 'apiserver_request_total',
    help: 'Requests answered.',
    labelNames: ['verb', 'resource', 'code'],
    registers: [this.registry],
  });
  private readonly duration = new Histogram({
    name: 'apiserver_request_duration_seconds',
    help: 'Time until a request was answered; watches are left out.',
    labelNames: ['verb', 'resource'],
    registers: [this.registry],
  });
  private readonly watches = new Gauge({
    name: 'apiserver_longrunning_requests',
    help: 'Watches that are open.',
    labelNames: ['resource'],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  readonly middleware = (request: Request, response: Response, next: NextFunction): void => {
    const startedAt = process.hrtime.bigint();
    const watch = request.method === 'GET' && flag(request, 'watch');
    const resource = resourceOf(pathOf(request));
    const verb = watch ? 'WATCH' : request.method;
    if (watch) this.watches.inc({ resource });
    response.on('close', () => {
      this.total.inc({ verb, resource, code: response.statusCode });
      if (watch) this.watches.dec({ resource });
      else this.duration.observe({ verb, resource }, Number(process.hrtime.bigint() - startedAt) / 1e9);
    });
    next();
  };
}

/** The plural of a kind that is served, never anything else out of a path: labels must stay few. */
const resourceOf = (path: string): string => kindAt(path)?.plural ?? (/^\/apis?\//.test(path) ? 'other' : 'none');

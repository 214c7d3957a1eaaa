import { type DynamicModule, Inject, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import type { MigrationStore } from '../migrations-db/migration-store.js';
import { DependentsCollector } from './deletion/dependents-collector.js';
import { DiscoveryController } from './discovery/discovery.controller.js';
import { OpenApiController } from './discovery/openapi.controller.js';
import { OpenApiV2Controller } from './discovery/openapi-v2.controller.js';
import { HealthController } from './health/health.controller.js';
import { Lifecycle } from './health/lifecycle.js';
import { MetricsController } from './health/metrics.controller.js';
import { RequestMetrics } from './health/request-metrics.js';
import { authenticate } from './http/authenticate.js';
import { authorize } from './http/authorize.js';
import { decodeBody } from './http/decode-body.js';
import { requestLogging } from './http/request-logging.js';
import { refuseUnknownPaths } from './http/resource-path.js';
import { STORE, TOKENS } from './http/tokens.js';
import { ReviewController } from './identity/review.controller.js';
import type { Tokens } from './identity/tokens.js';
import { ApplyService } from './objects/apply-service.js';
import { ResourceController } from './objects/resource.controller.js';
import { ResourceService } from './objects/resource-service.js';
import { PlanController } from './plan/plan.controller.js';
import { negotiateWrites } from './present/negotiate.js';
import { ReadableSecrets } from './present/readable-secrets.js';
import { DirectVolumeRunController } from './run/direct-volume-run.controller.js';
import { MigrationRunController } from './run/migration-run.controller.js';
import { RunHistory } from './run/run-history.js';
import { ScheduleRunController } from './schedules/schedule-run.controller.js';
import { ChangeFeed } from './watch/change-feed.js';
import { WatchService } from './watch/watch-service.js';

export interface ApiModuleOptions {
  store: MigrationStore;
  /** The bearer tokens, one of which every request must carry. */
  tokens: Tokens;
  logger: Logger;
}

@Module({})
export class ApiModule implements NestModule {
  constructor(
    @Inject(TOKENS) private readonly tokens: Tokens,
    @Inject(RequestMetrics) private readonly metrics: RequestMetrics,
    @Inject(Lifecycle) private readonly lifecycle: Lifecycle,
  ) {}

  static with({ store, tokens, logger }: ApiModuleOptions): DynamicModule {
    return {
      module: ApiModule,
      imports: [LoggerModule.forRoot(requestLogging(logger))],
      controllers: [
        HealthController,
        MetricsController,
        DiscoveryController,
        OpenApiController,
        OpenApiV2Controller,
        DirectVolumeRunController,
        MigrationRunController,
        PlanController,
        ReviewController,
        ScheduleRunController,
        ResourceController,
      ],
      providers: [
        { provide: STORE, useValue: store },
        { provide: TOKENS, useValue: tokens },
        ChangeFeed,
        DependentsCollector,
        ReadableSecrets,
        Lifecycle,
        RequestMetrics,
        ApplyService,
        ResourceService,
        RunHistory,
        WatchService,
      ],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    // Nothing of a request is read, remembered or done before its sender is known, and an answer to it possible.
    consumer
      .apply(
        this.lifecycle.middleware,
        authenticate(this.tokens),
        authorize,
        this.metrics.middleware,
        refuseUnknownPaths,
        negotiateWrites,
        decodeBody,
      )
      .forRoutes('{*path}');
  }
}

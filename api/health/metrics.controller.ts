import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { Response } from 'express';
import { RequestMetrics } from './request-metrics.js';

@Controller('metrics')
export class MetricsController {
  constructor(@Inject(RequestMetrics) private readonly metrics: RequestMetrics) {}

  @Get()
  async scrape(@Res() response: Response): Promise<void> {
    const { registry } = this.metrics;
    response.setHeader('Content-Type', registry.contentType);
    response.send(await registry.metrics());
  }
}

import 'reflect-metadata';
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { ConsoleLogger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ApiModule, type ApiModuleOptions } from './api.module.js';
import { StatusFilter } from './http/status-filter.js';
import { seed } from './seed.js';

export interface ApiOptions extends ApiModuleOptions {
  /** PEM certificate (with its chain) and key of the server. */
  tls: { cert: string; key: string };
}

export interface Api {
  /** Port 0 takes a free one. Resolves with the URL. */
  listen(address: { host: string; port: number }): Promise<string>;
  /** Ends the watches, answers what has begun, closes. The caller closes the store. */
  close(): Promise<void>;
}

/** The REST API over a store, ready to listen. */
export async function createApi({ tls, ...options }: ApiOptions): Promise<Api> {
  await seed(options.store);
  const app = await NestFactory.create<NestExpressApplication>(ApiModule.with(options), {
    httpsOptions: tls,
    bodyParser: false,
    forceCloseConnections: true,
    logger: new ConsoleLogger({ json: true, logLevels: ['warn', 'error', 'fatal'] }),
  });
  app.useGlobalFilters(new StatusFilter(options.logger));
  app.disable('x-powered-by');
  app.disable('etag');
  return {
    async listen({ host, port }) {
      await app.init();
      // Not by Nest, which would log a failure that the caller reports.
      const server: Server = app.getHttpServer();
      server.listen(port, host);
      await once(server, 'listening');
      const { port: bound } = server.address() as AddressInfo;
      return `https://${host.includes(':') ? `[${host}]` : host}:${bound}`;
    },
    close: () => app.close(),
  };
}

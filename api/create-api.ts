import 'reflect-metadata';
import { once } from 'node:events';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { ConsoleLogger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ApiModule, type ApiModuleOptions } from './api.module.js';
import { Lifecycle } from './health/lifecycle.js';
import { answerParserFailures, SERVER_OPTIONS } from './http/http-server.js';
import { StatusFilter } from './http/status-filter.js';
import { seed } from './seed.js';

export interface ApiOptions extends ApiModuleOptions {
  /** PEM certificate (with its chain) and key of the server. */
  tls: { cert: string; key: string };
  /** How long `close` continues to take requests, so that load balancers see by the readiness that they should send no more; 0 by default. */
  graceSeconds?: number;
}

export interface Api {
  /** Port 0 takes a free one. Resolves with the URL. */
  listen(address: { host: string; port: number }): Promise<string>;
  /** Connections made from now on are served with this certificate. */
  useCertificate(tls: ApiOptions['tls']): void;
  /** Says that it is not ready, ends the watches, answers what has begun, closes. The caller closes the store. */
  close(): Promise<void>;
}

/** The REST API over a store, ready to listen. */
export async function createApi({ tls, graceSeconds = 0, ...options }: ApiOptions): Promise<Api> {
  await seed(options.store);
  const app = await NestFactory.create<NestExpressApplication>(ApiModule.with(options), {
    httpsOptions: { ...SERVER_OPTIONS, ...tls },
    bodyParser: false,
    logger: new ConsoleLogger({ json: true, logLevels: ['warn', 'error', 'fatal'] }),
  });
  app.useGlobalFilters(new StatusFilter(options.logger));
  app.disable('x-powered-by');
  app.disable('etag');
  const server = app.getHttpServer() as Server;
  answerParserFailures(server);
  return {
    async listen({ host, port }) {
      await app.init();
      // Not by Nest, which would log a failure that the caller reports.
      server.listen(port, host);
      await once(server, 'listening');
      const { port: bound } = server.address() as AddressInfo;
      return `https://${host.includes(':') ? `[${host}]` : host}:${bound}`;
    },
    useCertificate: (pair) => server.setSecureContext({ ...SERVER_OPTIONS, ...pair }),
    async close() {
      app.get(Lifecycle).ending = true;
      await pause(graceSeconds * 1_000);
      await closeWhenAnswered(server, () => app.close());
    },
  };
}

/** Idle connections are let go of as they become so; after this time those that are not idle, too. */
const LOOK_MS = 50;
const ANSWER_MS = 3_000;

async function closeWhenAnswered(server: Server, close: () => Promise<void>): Promise<void> {
  const looks = setInterval(() => server.closeIdleConnections(), LOOK_MS);
  const end = setTimeout(() => server.closeAllConnections(), ANSWER_MS);
  try {
    const closed = close();
    server.closeIdleConnections();
    await closed;
  } finally {
    clearInterval(looks);
    clearTimeout(end);
  }
}

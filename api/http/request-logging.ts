import type { Params } from 'nestjs-pino';
import type { Logger } from 'pino';

const PROBES = ['/healthz', '/livez', '/readyz', '/metrics'];

/** One line for each request: method, path, status, time. No headers (they carry the token) and no bodies (they carry secrets). */
export const requestLogging = (logger: Logger): Params => ({
  pinoHttp: {
    logger,
    autoLogging: { ignore: ({ url = '' }) => PROBES.includes(url) },
    serializers: {
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({ id, method, url }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
    customLogLevel: (_request, { statusCode }) => (statusCode >= 500 ? 'error' : 'info'),
    quietReqLogger: true,
  },
});

import type { IncomingMessage } from 'node:http';

/** A call to an API server, as far as a fault may depend on it. */
export interface ProxiedRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  /** Bearer token it came with; empty without one. */
  token: string;
  /** It may change something that stays: neither a question (access reviews), nor a dry run, nor a stream into a container. */
  isMutation: boolean;
  isWatch: boolean;
}

const CHANGING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const ASKS_OR_STREAMS = /(reviews|\/(exec|attach|portforward|proxy))$/;

export function readRequest({ method = '', url = '', headers }: IncomingMessage): ProxiedRequest {
  const { pathname: path, searchParams: query } = new URL(url, 'https://proxy');
  return {
    method,
    path,
    query,
    token: /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '',
    isMutation: CHANGING.has(method) && !ASKS_OR_STREAMS.test(path) && !query.has('dryRun'),
    isWatch: method === 'GET' && /^(true|1)$/.test(query.get('watch') ?? ''),
  };
}

/** `PATCH /apis/apps/v1/namespaces/shop/deployments/web` */
export const describeRequest = ({ method, path }: ProxiedRequest): string => `${method} ${path}`;

import { errorCode, explainConnectionError } from './explain-connection-error.js';
import { KubernetesApiError } from './kubernetes-api-error.js';

/** What a call was for: the part of a failure's message that its caller knows. */
export interface CallPurpose {
  /** Kubernetes verb: get, list, watch, create, update, patch, delete … */
  verb: string;
  /** What the verb is applied to, e.g. `Deployment shop/web`. */
  object: string;
  path: string;
}

/** The cluster a failure happened on. */
interface Place {
  name: string;
  server: string;
}

interface StatusBody {
  message?: string;
  reason?: string;
  code?: number;
}

const REASONS: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Expired',
  422: 'Invalid',
  429: 'TooManyRequests',
};

const ADVICE: Record<number, string> = {
  401: ' The token is wrong, expired or revoked: renew the one in the Secret of the MigCluster.',
  403: ' Give the service account of the MigCluster the missing right (prepare-cluster grants all that are needed).',
};

const describe = ({ verb, object }: CallPurpose, place: Place): string =>
  `${verb} ${object} on cluster "${place.name}" failed`;

/** The error for an answer that is not 2xx. `body` is what the server sent, a Status object if it was the API server. */
export function refusal(
  purpose: CallPurpose,
  place: Place,
  answer: { code: number; body: string; retryAfter?: string },
): KubernetesApiError {
  const status = parseStatus(answer.body);
  const reason = status?.reason || REASONS[answer.code] || 'UnexpectedAnswer';
  const why = status?.message || firstLine(answer.body) || 'the answer has no text';
  return new KubernetesApiError(
    `${describe(purpose, place)}: ${why} (${answer.code} ${reason}).${ADVICE[answer.code] ?? ''}`,
    {
      code: answer.code,
      reason,
      cluster: place.name,
      verb: purpose.verb,
      path: purpose.path,
      retryAfter: Number(answer.retryAfter) || undefined,
      status,
    },
  );
}

/** The error for a call that got no answer, or only a part of one. */
export function connectionFailure(purpose: CallPurpose, place: Place, cause: unknown): KubernetesApiError {
  const { why, advice } = explainConnectionError(cause, place.server);
  return new KubernetesApiError(
    `${describe(purpose, place)}: ${why}. ${advice}`,
    {
      code: 0,
      reason: errorCode(cause) ?? 'ConnectionFailed',
      cluster: place.name,
      verb: purpose.verb,
      path: purpose.path,
    },
    { cause },
  );
}

function parseStatus(body: string): StatusBody | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Load balancers and proxies answer with a page; its first line of text is enough. */
const firstLine = (body: string): string => {
  const text = body.replace(/<[^>]*>/g, ' ').trim();
  return text.slice(0, Math.min(200, text.search(/\s*\n|$/)));
};

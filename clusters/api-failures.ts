import { cutText, LONGEST_MESSAGE } from '../resources/meta/cut-text.js';
import { parseJson } from '../resources/meta/parse-json.js';
import { errorCode, explainConnectionError } from './explain-connection-error.js';
import { KubernetesApiError } from './kubernetes-api-error.js';
import { REFUSALS, readRefusal } from './refusals.js';

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

const UNAUTHORIZED = 'The token is wrong, expired or revoked: renew the one in the Secret of the MigCluster.';

function adviceOn(code: number, message: string): string {
  const refusal = readRefusal(code, message);
  const advice = code === 401 ? UNAUTHORIZED : refusal && REFUSALS[refusal].next;
  return advice ? ` ${advice}` : '';
}

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
    `${describe(purpose, place)}: ${why} (${answer.code} ${reason}).${adviceOn(answer.code, why)}`,
    {
      code: answer.code,
      reason,
      cluster: place.name,
      verb: purpose.verb,
      path: purpose.path,
      retryAfter: secondsOf(answer.retryAfter),
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

/** Only seconds are read of it: API servers send no date. */
const secondsOf = (retryAfter: string | undefined): number | undefined => {
  const seconds = Number(retryAfter);
  return seconds > 0 && Number.isFinite(seconds) ? seconds : undefined;
};

/** The Status object a server sent, its texts cut; of one that was cut itself, its message. */
function parseStatus(body: string): StatusBody | undefined {
  let parsed: unknown;
  try {
    parsed = parseJson(body);
  } catch {
    const message = messageOfCut(body);
    return message === undefined ? undefined : { message };
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { message, reason } = parsed as Record<string, unknown>;
  return {
    ...parsed,
    message: typeof message === 'string' ? cutText(message) : undefined,
    reason: typeof reason === 'string' ? cutText(reason, LONGEST_REASON) : undefined,
  };
}

/** Reasons are single words. */
const LONGEST_REASON = 100;
const MESSAGE_FIELD = '"message":"';

function messageOfCut(body: string): string | undefined {
  const start = body.indexOf(MESSAGE_FIELD);
  if (!body.startsWith('{') || start === -1) return undefined;
  const text = body.slice(start + MESSAGE_FIELD.length, start + MESSAGE_FIELD.length + LONGEST_MESSAGE);
  return text.replaceAll('\\"', '"').replaceAll('\\n', ' ');
}

const LONGEST_LINE = 200;

/** Load balancers and proxies answer with a page; its first line of text is enough. */
const firstLine = (body: string): string =>
  (withoutTags(body).trim().split('\n', 1)[0] ?? '').trim().slice(0, LONGEST_LINE);

/** Each tag becomes a blank. Linear, whatever the text: a `<` without end is looked for once. */
function withoutTags(text: string): string {
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    const open = text.indexOf('<', at);
    const close = open === -1 ? -1 : text.indexOf('>', open);
    if (close === -1) break;
    parts.push(text.slice(at, open));
    at = close + 1;
  }
  return [...parts, text.slice(at)].join(' ');
}

import { OTHER_SERVER_KEY } from '../resources/meta/connection-failures.js';
import { REFUSALS, type Refusal, readRefusal } from './refusals.js';

/** A refused or failed call to a cluster's API, with what, where and why. */
export class KubernetesApiError extends Error {
  override readonly name = 'KubernetesApiError';

  constructor(
    message: string,
    readonly details: {
      /** HTTP status; 0 when no answer came. */
      code: number;
      /** Kubernetes reason (NotFound, AlreadyExists, Conflict, Forbidden, Invalid …) or a socket error's code. */
      reason: string;
      cluster: string;
      verb: string;
      path: string;
      /** Seconds the server asked to wait (Retry-After). */
      retryAfter?: number;
      /** The server's Status object, if one came. */
      status?: unknown;
    },
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get code(): number {
    return this.details.code;
  }

  get reason(): string {
    return this.details.reason;
  }

  /** What refused the call, as far as its code and the server's words tell. */
  get refusal(): Refusal | undefined {
    const { code, status } = this.details;
    return readRefusal(code, (status as { message?: string } | undefined)?.message ?? this.message);
  }

  /** 409 conflicts on update, 429, 5xx, broken connections, and refusals that end by themselves. */
  get retryable(): boolean {
    const { code, reason } = this.details;
    const { refusal } = this;
    if (refusal !== undefined && REFUSALS[refusal].passes) return true;
    if (isOtherServerKey(this)) return false;
    return code === 0 || code === 429 || code >= 500 || (code === 409 && reason === 'Conflict');
  }
}

export const isNotFound = (error: unknown): boolean => error instanceof KubernetesApiError && error.code === 404;
export const isAlreadyExists = (error: unknown): boolean =>
  error instanceof KubernetesApiError && error.code === 409 && error.reason === 'AlreadyExists';
/** The server is not the one that the credential was given for; it was not sent. */
export const isOtherServerKey = (error: unknown): boolean =>
  error instanceof KubernetesApiError && error.code === 0 && error.reason === OTHER_SERVER_KEY;
export const isConflict = (error: unknown): boolean =>
  error instanceof KubernetesApiError && error.code === 409 && error.reason === 'Conflict';

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

  /** 409 conflicts on update, 429, 5xx and broken connections. */
  get retryable(): boolean {
    const { code, reason } = this.details;
    return code === 0 || code === 429 || code >= 500 || (code === 409 && reason === 'Conflict');
  }
}

export const isNotFound = (error: unknown): boolean => error instanceof KubernetesApiError && error.code === 404;
export const isAlreadyExists = (error: unknown): boolean =>
  error instanceof KubernetesApiError && error.code === 409 && error.reason === 'AlreadyExists';
export const isConflict = (error: unknown): boolean =>
  error instanceof KubernetesApiError && error.code === 409 && error.reason === 'Conflict';

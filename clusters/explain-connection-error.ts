import { type ConnectionFailure, explainConnectionCode } from '../resources/meta/connection-failures.js';

/** `code` of the error or of the first of its causes that has one. */
export function errorCode(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') {
      return cause.code;
    }
    // Node tries all addresses of a host and reports their failures together.
    if (cause instanceof AggregateError && cause.errors.length > 0) {
      return errorCode(cause.errors[0]);
    }
  }
  return undefined;
}

/**
 * Why a call got no answer from a cluster and what to change in its MigCluster.
 *
 * @param server URL of the API server
 */
export function explainConnectionError(error: unknown, server: string): ConnectionFailure {
  const subject = {
    address: server,
    urlField: 'spec.url',
    caField: 'spec.caBundle',
    insecureField: 'spec.insecure: true',
  };
  return (
    explainConnectionCode(errorCode(error) ?? '', subject) ?? {
      why: `${server} gave no usable answer (${error instanceof Error ? error.message : String(error)})`,
      advice: 'Check that spec.url is the address of a Kubernetes API server.',
      neverSent: false,
      permanent: false,
    }
  );
}

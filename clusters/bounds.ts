import { BEYOND_BOUNDS } from '../resources/meta/answer-beyond-bounds.js';
import { KubernetesApiError } from './kubernetes-api-error.js';

/** How much is taken from a server of a cluster, whatever it sends. Kubernetes' own objects have at most 1.5 MiB. */
export const BOUNDS = {
  /** Bytes of an answer, of a page of a list, and of one event of a watch. */
  answer: 16 * 1024 * 1024,
  /** Bytes of an answer that is a refusal. */
  refusal: 16 * 1024,
  /** Bytes of a line of a container's log; the rest of the line is dropped. */
  logLine: 64 * 1024,
  /** Characters of all pages of one list. */
  list: 128 * 1024 * 1024,
  /** Pages of one list: half a million objects. */
  pages: 1_000,
  /** Connections for calls: more of them wait for their turn. */
  callConnections: 32,
  /** Connections that are held for as long as a watch or the log of a running container lasts. */
  streamConnections: 1_024,
} as const;

export const isTooLarge = (error: unknown): boolean =>
  error instanceof KubernetesApiError && error.code === 0 && error.reason === 'ANSWER_TOO_LARGE';

/** What comes again when the call is repeated at once. */
export const isBeyondBounds = (error: KubernetesApiError): boolean =>
  error.code === 0 && BEYOND_BOUNDS.some((code) => code === error.reason);

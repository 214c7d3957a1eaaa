import { cutText } from './cut-text.js';

/** The closed set of ways a step fails. `type` is the ApplicationFailure type in Temporal and the reason in conditions. */
export const FAILURE = {
  /** No answer from a cluster's API, the object store or Postgres, or a refusal that ends by itself. Retried. */
  Unreachable: 'Unreachable',
  /** 401: the stored credentials no longer work; waits for new ones. Retried. */
  CredentialsRejected: 'CredentialsRejected',
  /** The account of a cluster or store lacks a right. Final. */
  Forbidden: 'Forbidden',
  /** Something the run needs is not there. Final. */
  NotFound: 'NotFound',
  /** The cluster refused an object: 400, 422, admission, quota. Final. */
  Refused: 'Refused',
  /** A wait saw nothing move for longer than its patience. Final. */
  PatienceSpent: 'PatienceSpent',
  /** A pod cannot start: image, scheduling, volume. Final. */
  PodStuck: 'PodStuck',
  /** The copy of a volume broke more often than its settings allow, each time continuing where it stopped. Final. */
  TransferFailed: 'TransferFailed',
  VolumeFull: 'VolumeFull',
  /** Counts or bytes of source and target differ after the pass that followed quiesce. Final. */
  ContentDiffers: 'ContentDiffers',
  TargetVolumeInUse: 'TargetVolumeInUse',
  /** Replicas rose again after quiesce. Final; names the field manager. */
  ScaledUpAgain: 'ScaledUpAgain',
  /** A hook's Job failed, ran into its deadline or could not run. Final. */
  HookFailed: 'HookFailed',
  BackupFailed: 'BackupFailed',
  RestoreFailed: 'RestoreFailed',
  /** The plan cannot be run as it is. Final. */
  PlanNotReady: 'PlanNotReady',
  NotYetSupported: 'NotYetSupported',
} as const;
export type FailureType = (typeof FAILURE)[keyof typeof FAILURE];

/** Types a step is not retried for. */
export const FINAL_FAILURES: readonly FailureType[] = Object.values(FAILURE).filter(
  (type) => type !== FAILURE.Unreachable && type !== FAILURE.CredentialsRejected,
);

/** What an operator is told: never a secret, each part one sentence. */
export interface FailureReport {
  type: FailureType;
  /** What went wrong. */
  what: string;
  /** Cluster, namespace, object. */
  where: string;
  /** The cause as far as it was seen, e.g. the pod's last event. */
  why: string;
  /** What to do. */
  next: string;
}

/** A step's failure with its report. Thrown by activities; the worker turns it into an ApplicationFailure with the report as its detail. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
  /** The report with its parts cut: they quote servers, pods and logs. */
  readonly report: FailureReport;

  constructor({ type, what, where, why, next }: FailureReport, options?: ErrorOptions) {
    const report = { type, what: cutText(what), where: cutText(where), why: cutText(why), next: cutText(next) };
    super(failureText(report), options);
    this.report = report;
  }
}

export const failureText = (report: Omit<FailureReport, 'type'>): string =>
  `${report.what} (${report.where}): ${report.why} ${report.next}`.trim();

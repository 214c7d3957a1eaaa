import type { KubeObject } from '../resources/meta/kube-object.js';
import type { CreatedObject, RecordedObject } from '../resources/run/created-object.js';
import type { RunFacts } from '../resources/run/facts.js';
import type { Itinerary, RunCluster, RunRecord, RunRef } from '../resources/run/run-record.js';
import type { RunState } from '../resources/run/run-state.js';
import type { WaitRecord } from '../resources/run/waits.js';

/** Who does a write, for the audit trail. */
export interface Actor {
  name: string;
}
export const SYSTEM_ACTOR: Actor = { name: 'system:migration-controller' };

export interface ResourceKey {
  /** Kind name; kinds are unique across the groups served. */
  kind: string;
  namespace: string;
  name: string;
}

export interface ListQuery {
  kind: string;
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  limit?: number;
  continueToken?: string;
  /** Leaves out `remaining`, which is counted. */
  uncounted?: boolean;
}

/** What objects of any kind are found by, all of it together. */
export interface Search {
  kinds?: readonly string[];
  /** uid that one of the owner references names. */
  owner?: string;
  finalizer?: string;
  /** Namespaces of clusters, of which it works on at least one. */
  namespaces?: readonly string[];
  /** Deletion was asked for. */
  deleting?: true;
  /** Its kind says that the worker has something to do about it. */
  due?: true;
}

export interface ListPage {
  items: KubeObject[];
  /** Revision of the snapshot the items were read in. */
  resourceVersion: string;
  continueToken?: string;
  remaining?: number;
}

/** One entry of the append-only log. `object` is the state after the change (for DELETED: the last one), without secret values. */
export interface LoggedChange {
  revision: string;
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  kind: string;
  namespace: string;
  name: string;
  object: KubeObject;
  /** State before, so that a selector's watcher sees an object leave. */
  previous?: KubeObject;
}

export interface WriteOptions {
  actor: Actor;
  dryRun?: boolean;
  /** Refuse (409 Conflict) unless the stored object has these. */
  uid?: string;
  resourceVersion?: string;
}

/** Part of the log: what follows a revision, and up to where that is all. */
export interface LogPart {
  changes: LoggedChange[];
  /** Every change up to this revision that was asked for is among them. */
  upTo: string;
}
/**
 * Whether a value of the immutable Secret that is changed is stored as this already. False for every other Secret and kind: whoever may write
 * a Secret does not learn from it what is stored, and sending a value writes it.
 */
export type HoldsValue = (key: string, value: Buffer) => boolean;

/** Objects of every kind served, with Kubernetes' optimistic concurrency. Failures are {@link StoreError}. */
export interface ResourceRepository {
  get(key: ResourceKey): Promise<KubeObject | undefined>;
  list(query: ListQuery): Promise<ListPage>;
  /** Reads by index what is found, at most `limit`. */
  find(search: Search, limit?: number): Promise<KubeObject[]>;
  /** Objects none of whose owners is there, at most `limit`, in the order of their uids after one. */
  findOwnerless(limit: number, afterUid?: string): Promise<KubeObject[]>;
  /** Sets uid, resourceVersion, creationTimestamp, generation. AlreadyExists when the name is taken. */
  create(object: KubeObject, options: WriteOptions): Promise<KubeObject>;
  /**
   * Reads the object under a row lock, lets `change` make the next state (returning the same content writes nothing), and
   * stores it. `generation` grows when anything but metadata and status changes. An object being deleted whose last finalizer
   * goes is removed.
   */
  update(
    key: ResourceKey,
    change: (current: KubeObject, holds: HoldsValue) => KubeObject,
    options: WriteOptions,
  ): Promise<KubeObject>;
  /** Sets deletionTimestamp while finalizers remain; else removes. Undefined when it was not there. */
  remove(key: ResourceKey, options: WriteOptions): Promise<KubeObject | undefined>;
  /** Changes after a revision in commit order; throws Gone when the log no longer reaches back so far. At most `limit` entries. */
  changesAfter(revision: string, filter: { kind?: string; namespace?: string }, limit: number): Promise<LoggedChange[]>;
  /** As changesAfter, with how far that reaches: one statement, so that nothing is between the two. */
  logAfter(revision: string, filter: { kind?: string; namespace?: string }, limit: number): Promise<LogPart>;
  currentRevision(): Promise<string>;
  /** Calls back when something was written (by any process); returns the function that ends it. Wake-up only: read changesAfter. */
  onChange(listener: () => void): () => void;
}

export class StoreError extends Error {
  override readonly name = 'StoreError';
  constructor(
    readonly reason: 'NotFound' | 'AlreadyExists' | 'Conflict' | 'Gone' | 'Unavailable' | 'TimedOut' | 'Invalid',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Whether the database could not be asked, or not in time: the same call may succeed later. */
export const isPassing = (error: unknown): error is StoreError =>
  error instanceof StoreError && (error.reason === 'Unavailable' || error.reason === 'TimedOut');

/** Whether a write found its object gone, or changed or made again since: there is nothing left to write to. */
export const isGoneOrReplaced = (error: unknown): boolean =>
  error instanceof StoreError && (error.reason === 'NotFound' || error.reason === 'Conflict');

/** Values of Secret objects, encrypted at rest; apart from the resources, which never hold one. */
export interface SecretRepository {
  /** Decoded values by key; undefined when the Secret is not there. */
  read(namespace: string, name: string): Promise<StoredSecret | undefined>;
  /**
   * Ties a value that was read to the one address it is sent to, until it is written again. False when the Secret has changed since, or the
   * value is tied already.
   */
  tie(
    secret: { namespace: string; name: string; revision: string },
    key: string,
    to: CredentialAddress,
  ): Promise<boolean>;
}

/** What of an address must stay the same for a credential to be sent there. */
export type CredentialAddress = Readonly<Record<string, string>>;

export interface StoredSecret {
  values: Record<string, Buffer>;
  /** Addresses of the values that have one already. */
  addresses: Record<string, CredentialAddress>;
  revision: string;
}

export interface RunRow {
  ref: RunRef;
  itinerary: Itinerary;
  state: RunState;
  /** Missing once it is no longer kept. */
  record?: RunRecord;
  /** As in the record, and kept for as long as the run is known. */
  source?: RunCluster;
  target?: RunCluster;
  facts: RunFacts;
  workflowId: string;
  startedAt: string;
  endedAt?: string;
}

export type NewRun = Omit<RunRow, 'facts' | 'startedAt' | 'source' | 'target'> & Partial<Pick<RunRow, 'facts'>>;

/** A run without its record, which lists every volume. */
export type RunOutline = Omit<RunRow, 'record'>;

export interface VolumeTransferRow {
  ref: RunRef;
  volumeId: string;
  pass: 'pre-copy' | 'final';
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  /** Bytes and files of the volume, bytes on the wire, bytes per second, seconds left. */
  totalBytes: number;
  doneBytes: number;
  sentBytes: number;
  files: number;
  filesTotal: number;
  rate: number;
  etaSeconds?: number;
  attempt: number;
  /** The pod that copies now, or did last, as the volume's mover says; undefined when the pass needed none. */
  podName?: string;
  startedAt?: string;
  endedAt?: string;
  message?: string;
}

/** Who waits for a plan's place, as far as it decides on the order. */
export type QueuedKind = 'rollback' | 'stage' | 'cutover';

/** A namespace of a cluster that a run reads or writes. */
export interface NamespacePlace {
  /** uid of the cluster; the name of its MigCluster while that is not known. */
  clusterUid: string;
  namespace: string;
  side: 'source' | 'target';
}

/** Who works there: a run of another plan. */
export interface NamespaceHolder {
  namespace: string;
  /** `<namespace>/<name>` */
  plan: string;
  run: string;
}

/** History and state of runs. */
export interface RunRepository {
  /** Stores the frozen record once, with the facts of a former attempt where they hold on; a repeated call returns the stored one. */
  freeze(row: NewRun, record: RunRecord): Promise<RunRecord>;
  get(ref: RunRef): Promise<RunRow | undefined>;
  record(ref: RunRef): Promise<RunRecord>;
  /**
   * Compare and set, in one statement: a run goes from Running to Unwinding to its end, or from Running to its end, and never back. Facts, if
   * any, are merged with it. False when the run had gone past that state: then nothing is written. True for a repeated call, and for a run that
   * was never frozen, of which nothing is kept.
   */
  setState(ref: RunRef, state: RunRow['state'], facts?: RunFacts): Promise<boolean>;
  /** Merges facts into the row; those already there are overwritten. NotFound before freeze. */
  addFacts(ref: RunRef, facts: RunFacts): Promise<void>;
  /** As addFacts, in one statement with the question whether the run's state is Running; else it writes nothing and returns false. */
  addFactsWhileRunning(ref: RunRef, facts: RunFacts): Promise<boolean>;
  /** Whether the run's state is one of these; a run that was never frozen has none. */
  isIn(ref: RunRef, states: readonly RunRow['state'][]): Promise<boolean>;
  /** Whether the run's state is Running: it was frozen, does not unwind and has not ended. */
  isRunning(ref: RunRef): Promise<boolean>;
  /** Of some uids, those of runs that were ever frozen. */
  recorded(uids: readonly string[]): Promise<Set<string>>;
  /** Runs not ended whose backups go to this MigStorage. */
  usingStorage(storageUid: string): Promise<RunRef[]>;
  /** Runs not ended, whatever has become of their objects. */
  open(): Promise<RunOutline[]>;
  /**
   * Every attempt of every run that was ever frozen for a plan, whether or not its migration is still there; the one that started first
   * comes first. Without the records.
   */
  ofPlan(planUid: string): Promise<RunOutline[]>;
  /**
   * Takes the plan's single place for a run, and with it the namespaces it works on, or says who holds it. First in, first out; rollbacks
   * first, then stages. Idempotent. `conflict`: a run of another plan works on one of the namespaces.
   *
   * @param lock the plan's `<namespace>/<name>`, and the places
   */
  takePlan(
    planUid: string,
    ref: RunRef,
    kind: QueuedKind,
    lock?: { plan: string; places: readonly NamespacePlace[] },
  ): Promise<{ held: boolean; holder?: string; position: number; conflict?: NamespaceHolder }>;
  /** The namespaces of a run that holds its plan's place, in place of those it had. Returns who holds one of them; then nothing was taken. */
  lockNamespaces(
    planUid: string,
    ref: RunRef,
    lock: { plan: string; places: readonly NamespacePlace[] },
  ): Promise<NamespaceHolder | undefined>;
  releasePlan(planUid: string, ref: RunRef): Promise<void>;
  recordStep(
    ref: RunRef,
    step: { name: string; state: string; message?: string; startedAt?: string; endedAt?: string },
  ): Promise<void>;
  steps(
    ref: RunRef,
  ): Promise<{ name: string; state: string; message?: string; startedAt?: string; endedAt?: string }[]>;
  /** Progress of passes, each of them once, in one statement. */
  saveTransfers(rows: readonly VolumeTransferRow[]): Promise<void>;
  transfers(ref: RunRef): Promise<VolumeTransferRow[]>;
  /** Log lines and events kept with the migration (helper pods' logs, Velero's excerpts); bounded per run. */
  appendLog(ref: RunRef, entry: { at: string; source: string; text: string }): Promise<void>;
  log(ref: RunRef): Promise<{ at: string; source: string; text: string }[]>;
  /** Objects our runs created on the target, by uid, for Rollback. */
  recordCreated(ref: RunRef, objects: CreatedObject[]): Promise<void>;
  /** What runs of a plan created and is still recorded, each object once, the oldest run's first. */
  createdBy(planUid: string): Promise<RecordedObject[]>;
  /** Removes objects from what {@link createdBy} lists. */
  forgetCreated(planUid: string, uids: readonly string[]): Promise<void>;
}

/** Status writes with their own rules, each conditional on the uid. */
export interface StatusRepository {
  /**
   * The root workflow's status of a run. `revision` grows; an older one is dropped. What activities write beside it, and the new
   * status leaves undefined, is kept: progress lines of pipeline entries, state of a DirectVolumeMigration's copies. False when
   * dropped (older revision, other uid, object gone).
   */
  writeRunStatus(ref: RunRef, revision: number, status: Record<string, unknown>): Promise<boolean>;
  /** Progress lines of one pipeline step, written by activities at most once a second. */
  writeStepProgress(ref: RunRef, step: string, lines: string[]): Promise<void>;
  /**
   * Records one wait of a step, in place of what was recorded of it before; undefined takes it away. Who reads the status finds a line
   * of it below the progress lines. The step is the newest of those named that has begun and not ended, whichever that is if none is named; without one nothing is written.
   */
  writeWait(ref: RunRef, steps: readonly string[], title: string, wait: WaitRecord | undefined): Promise<void>;
}

/** A change that a workflow must be told of; written in the transaction of the change itself. */
export interface OutboxMessage {
  id: string;
  kind: string;
  namespace: string;
  name: string;
  uid: string;
  change: 'created' | 'updated' | 'deleting' | 'deleted' | 'referenced';
}

export interface Outbox {
  /**
   * Leases up to `limit` messages, hands them to `deliver` and removes those it resolved for; the others stay and are tried again. At least
   * once: what a process died over is delivered again by another, seconds later. Messages about one object are delivered in order,
   * others side by side. Returns the number delivered: below the limit, nothing that can be delivered now is left.
   */
  drain(limit: number, deliver: (message: OutboxMessage) => Promise<void>): Promise<number>;
  onMessage(listener: () => void): () => void;
}

export interface EventRepository {
  /** Records a Kubernetes Event about an object of ours; the same (object, reason, message) counts up instead of piling up. */
  record(event: {
    about: { kind: string; namespace: string; name: string; uid: string };
    type: 'Normal' | 'Warning';
    reason: string;
    message: string;
  }): Promise<void>;
}

/** Work that one process of many does at a time. Who holds it and is not heard of for so long loses it to another. */
export interface LeaseRepository {
  /** Takes or prolongs it; false while another has it. */
  take(name: string, holder: string, seconds: number): Promise<boolean>;
  release(name: string, holder: string): Promise<void>;
}

export interface WantedPlace {
  run: RunRef;
  volumeId: string;
  /** uids of the clusters it is copied from and to. */
  clusters: readonly string[];
  /** Its application is halted. */
  urgent: boolean;
  /** Copies from or to one cluster at a time. */
  limit: number;
}

/** Places of volumes among all that are copied at the same time. What a run holds is free when it has ended. */
export interface CopyPlaces {
  /** Takes a place, or one in the queue for it. False while there is no room. Idempotent. */
  take(wanted: WantedPlace): Promise<boolean>;
  release(run: RunRef, volumeId: string): Promise<void>;
}

/** What operators watch, in numbers. */
export interface Figures {
  outboxMessages: number;
  outboxAgeSeconds: number;
  runsOpen: number;
  runsHeldUp: number;
  runsDown: number;
  longestDowntimeSeconds: number;
  copiesRunning: number;
  copiesWaiting: number;
}

export interface MigrationStore {
  resources: ResourceRepository;
  secrets: SecretRepository;
  runs: RunRepository;
  statuses: StatusRepository;
  outbox: Outbox;
  events: EventRepository;
  leases: LeaseRepository;
  copyPlaces: CopyPlaces;
  figures(): Promise<Figures>;
  /** Resolves when the database answers; rejects with StoreError Unavailable otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

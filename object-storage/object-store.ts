import type { MigStorage } from '../resources/kinds/mig-storage.js';

/** A bucket and the right to use it. Holds secrets: never log it, never put it into an error. */
export interface StorageAccess {
  /** Name of the MigStorage, for messages. */
  name: string;
  spec: Pick<MigStorage['spec'], 'backupStorageProvider' | 'backupStorageConfig'>;
  /** Keys and values of the Secret that `backupStorageConfig.credsSecretRef` names. */
  credentials: Record<string, string | undefined>;
  /** Make no connection to addresses of this machine. */
  refuseLoopback?: boolean;
}

export interface CallOptions {
  signal?: AbortSignal;
}

/** The objects of one bucket. Every failure is a StepFailure; an aborted call rejects with the signal's reason. */
export interface ObjectStore {
  write(key: string, content: Uint8Array, options?: CallOptions): Promise<void>;
  /** A whole object; fails when it has more bytes than are taken. */
  read(key: string, options: CallOptions & { atMost: number }): Promise<Uint8Array>;
  /** As many bytes from an object's beginning as there are, up to a length: a store that sends more is left. */
  readStart(key: string, length: number, options?: CallOptions): Promise<Uint8Array>;
  /** Also when it is not there. */
  remove(key: string, options?: CallOptions): Promise<void>;
  close(): void;
}

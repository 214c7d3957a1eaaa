import type { HookPhase, RunRef } from './run-record.js';

/** First 8 hex digits of a uid: enough to tell the runs of one name apart, short enough to read. */
export const shortUid = (uid: string): string => uid.replaceAll('-', '').slice(0, 8);

/** FNV-1a, 32 bit, as 8 hex digits. Pure, so that workflows may derive names too; not for security. */
export function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const char of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ char, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/**
 * Name of a helper object in a cluster, the same however often an activity is repeated:
 * `mtc-<role>-<run uid>[-<volume key>]`, well below 63 characters.
 */
export const helperName = (run: Pick<RunRef, 'uid'>, role: string, volumeKey?: string): string =>
  ['mtc', role, shortUid(run.uid), volumeKey].filter(Boolean).join('-');

/** Cut so that it fits, with its suffix, into 63 characters. */
const withSuffix = (name: string, suffix: string): string =>
  `${name.slice(0, 63 - suffix.length).replace(/[-.]+$/, '')}${suffix}`;

const attemptSuffix = ({ attempt }: RunRef): string => (attempt > 1 ? `-${attempt}` : '');

/** Name of the Job of a hook and of the ConfigMap with its playbook: `mtc-hook-<phase>-<uid8>`, unique per attempt. */
export const hookName = (run: RunRef, phase: HookPhase): string =>
  `${helperName(run, `hook-${phase.toLowerCase()}`)}${attemptSuffix(run)}`;

/**
 * Name of a run's Velero Backup or Restore: `<migration, cut>-<uid8>-<role>`, unique per attempt.
 *
 * @param tries more than 1 when Velero gave up those before and the run continues after a pause
 */
export const veleroName = (run: RunRef, role: 'initial' | 'final' | 'rest', tries = 1): string =>
  withSuffix(run.name, `-${shortUid(run.uid)}-${role}${attemptSuffix(run)}${tries > 1 ? `-again${tries}` : ''}`);

/** Name of the DirectVolumeMigration that shows a run's copies: its own, or `<migration, cut>-<uid8>`, unique per attempt. */
export const directVolumeName = (run: RunRef): string =>
  run.kind === 'DirectVolumeMigration' ? run.name : withSuffix(run.name, `-${shortUid(run.uid)}${attemptSuffix(run)}`);

/** Name of the DirectVolumeMigrationProgress of one volume of a run. */
export const volumeProgressName = (run: RunRef, volumeKey: string): string =>
  withSuffix(run.name, `-${shortUid(run.uid)}${attemptSuffix(run)}-${volumeKey}`);

/** A name as a label's value, which is at most 63 characters: longer ones are cut and stay distinct by a hash. */
export const labelValue = (name: string): string =>
  name.length <= 63 ? name : `${name.slice(0, 54).replace(/[-_.]+$/, '')}-${shortHash(name)}`;

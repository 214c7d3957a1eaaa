import prettyBytes from 'pretty-bytes';
import type { VolumeTransferRow } from '../../migrations-db/migration-store.js';
import type { Condition } from '../../resources/meta/conditions.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { wholeSeconds } from '../../resources/meta/time.js';
import { humanDuration } from '../present/human-duration.js';
import type { Attempt, StepRow } from './attempt.js';
import { errorsOf, secondsBetween } from './report.js';

const indent = (text: string): string => text.replaceAll(/^/gm, '  ');

const section = (title: string, lines: string[]): string[] =>
  lines.length > 0 ? ['', title, ...lines.map(indent)] : [];

const took = (start?: string, end?: string): string => {
  const seconds = secondsBetween(start, end);
  return seconds === undefined ? '' : ` (${humanDuration(seconds * 1000)})`;
};

const conditionLine = ({ type, category, reason, message }: Condition): string =>
  `${category} ${type}${reason ? ` (${reason})` : ''}: ${message}`;

const stepLine = ({ name, state, message, startedAt, endedAt }: StepRow): string =>
  `${startedAt ? wholeSeconds(new Date(startedAt)) : '-'} ${name}: ${state}${took(startedAt, endedAt)}${message ? `: ${message}` : ''}`;

const transferLine = (transfer: VolumeTransferRow): string =>
  [
    `${transfer.volumeId} (${transfer.pass}): ${transfer.phase}${took(transfer.startedAt, transfer.endedAt)},`,
    `${prettyBytes(transfer.doneBytes)} of ${prettyBytes(transfer.totalBytes)},`,
    `${transfer.files} of ${transfer.filesTotal} files, ${prettyBytes(transfer.sentBytes)} sent`,
    ...(transfer.message ? [`- ${transfer.message}`] : []),
  ].join(' ');

/** Log lines carry the name of what wrote them, as `kubectl logs --prefix` does. */
const entryLines = ({ at, source, text }: Attempt['log'][number]): string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `${wholeSeconds(new Date(at))} [${source}] ${line}`);

/** Everything that is known about the course of a run as plain text, to be read from top to bottom. */
export function logText({ kind, metadata, spec, status }: KubeObject, attempts: readonly Attempt[]): string {
  const { namespace, name, uid } = metadata;
  const lines = [
    `${kind} ${namespace}/${name} (${uid})${spec.migPlanRef ? ` of plan ${spec.migPlanRef.name}` : ''}`,
    ...section('Conditions', (status?.conditions ?? []).map(conditionLine)),
    // Where a run has a record, its errors stand with the attempt.
    ...section('Errors', attempts.some(({ run }) => errorsOf(run).length > 0) ? [] : (status?.errors ?? [])),
  ];
  for (const { run, steps, transfers, log } of attempts) {
    lines.push('', `Attempt ${run.ref.attempt}: ${run.itinerary}, ${run.state}${took(run.startedAt, run.endedAt)}`);
    lines.push(...section('Errors', errorsOf(run)));
    lines.push(...section('Steps', steps.map(stepLine)));
    lines.push(...section('Volumes', transfers.map(transferLine)));
    lines.push(...section('Log', log.flatMap(entryLines)));
  }
  if (attempts.length === 0) lines.push('', 'The run has not started.');
  return `${lines.join('\n')}\n`;
}

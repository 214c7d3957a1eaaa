import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { temporal } from '@temporalio/proto';
import type { KeptHistory } from './histories.js';

const { History: HistoryMessage } = temporal.api.history.v1;

/** SHA-256 of each history of a release, by file: what was released is never recorded again. */
const CHECKSUMS = 'checksums.json';

/** Writes a release's histories, by their names, into a folder that must not be there yet. */
export async function recordRelease(folder: string, histories: ReadonlyMap<string, History>): Promise<void> {
  await mkdir(path.dirname(folder), { recursive: true });
  await mkdir(folder);
  const checksums: Record<string, string> = {};
  for (const [name, history] of [...histories].sort(([one], [other]) => one.localeCompare(other))) {
    const text = `${JSON.stringify(withoutMachine(toJson(history)), undefined, 1)}\n`;
    checksums[`${name}.json`] = checksumOf(text);
    await writeFile(path.join(folder, `${name}.json`), text);
  }
  await writeFile(path.join(folder, CHECKSUMS), `${JSON.stringify(checksums, undefined, 2)}\n`);
}

/**
 * The histories of a release, to be replayed.
 *
 * @throws Error when a file is not as it was recorded, is missing, or was added later
 */
export async function readRelease(folder: string): Promise<KeptHistory[]> {
  const checksums = JSON.parse(await readFile(path.join(folder, CHECKSUMS), 'utf8')) as Record<string, string>;
  const files = (await readdir(folder)).filter((file) => file !== CHECKSUMS).sort();
  const missing = Object.keys(checksums).filter((file) => !files.includes(file));
  if (missing.length > 0) throw new Error(`${folder} lacks ${missing.join(', ')}: released histories stay.`);
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(path.join(folder, file), 'utf8');
      if (checksumOf(text) !== checksums[file]) {
        throw new Error(`${path.join(folder, file)} is not as it was recorded: released histories are never changed.`);
      }
      const history = HistoryMessage.fromObject(JSON.parse(text));
      const began = history.events?.[0]?.workflowExecutionStartedEventAttributes;
      return { workflowId: began?.workflowId || file, type: began?.workflowType?.name ?? '', history };
    }),
  );
}

const checksumOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A worker's own queue, named after its process and machine. */
const STICKY_QUEUE = /^\d+@/;

/** Events by the names Temporal's tools show, contents of payloads in base64. */
const toJson = (history: History): unknown =>
  HistoryMessage.toObject(HistoryMessage.fromObject(history), { enums: String, longs: String, bytes: String });

/** Where a recording was made concerns no other machine: names of workers and stack traces go, replay needs neither. */
function withoutMachine(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMachine);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => {
      const ofMachine =
        key === 'identity' || key === 'stackTrace' || (key === 'name' && STICKY_QUEUE.test(String(part)));
      return [key, ofMachine && typeof part === 'string' ? '' : withoutMachine(part)];
    }),
  );
}

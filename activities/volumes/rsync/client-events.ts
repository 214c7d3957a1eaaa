import { z } from 'zod';

const counts = z.object({
  files: z.number(),
  directories: z.number(),
  links: z.number(),
  others: z.number(),
  /** Of the texts of symbolic links. */
  linkBytes: z.number().optional(),
  /** Of regular files. */
  bytes: z.number(),
  sparse: z.number(),
  /** `uid:gid`, at most 20 different ones. */
  owners: z.array(z.string()),
});

/** What the client's script says when it ends; in its log and, as the result of record, in the pod's termination message. */
const report = z.object({
  event: z.literal('result'),
  outcome: z.enum(['copied', 'full', 'unreadable', 'refused', 'changing', 'broken', 'unreachable', 'emptied']),
  /** rsync's exit code. */
  exit: z.number(),
  sessions: z.number(),
  seconds: z.number(),
  sentBytes: z.number(),
  vanished: z.number(),
  files: z.number(),
  bytes: z.number(),
  source: counts,
  target: counts.nullable(),
  space: z.object({ availableBytes: z.number(), freeInodes: z.number() }).nullable(),
  errors: z.array(z.string()),
});

const clientEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('counted'), source: counts }),
  /** The server cannot be reached yet, or no longer. */
  z.object({ event: z.literal('waiting'), why: z.string() }),
  /** Once a second. `rsync` is its own last progress line, from when a file last ended. */
  z.object({ event: z.literal('progress'), total: counts, sentBytes: z.number(), rsync: z.string() }),
  z.object({ event: z.literal('retry'), session: z.number(), exit: z.number(), why: z.array(z.string()) }),
  report,
]);

export type VolumeCounts = z.infer<typeof counts>;
export type TransferReport = z.infer<typeof report>;
export type ClientEvent = z.infer<typeof clientEvent>;

/** Reads a line of the client's log; undefined when it is none of the script's. */
export function parseClientEvent(line: string): ClientEvent | undefined {
  try {
    return clientEvent.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

export function parseTransferReport(message: string | undefined): TransferReport | undefined {
  const event = parseClientEvent(message ?? '');
  return event?.event === 'result' ? event : undefined;
}

/**
 * What rsync's progress line says, e.g. `125829120  25%  103.18MB/s    0:00:01 (xfr#2, to-chk=6/9)`: bytes of the files gone through
 * in this session, and how many of the entries known so far are done.
 */
export function parseRsyncProgress(line: string): { bytes: number; checked: number } | undefined {
  const [, bytes, left, known] = /^\s*(\d+)\s+\d+%.*-chk=(\d+)\/(\d+)/.exec(line) ?? [];
  return bytes === undefined ? undefined : { bytes: Number(bytes), checked: Number(known) - Number(left) };
}

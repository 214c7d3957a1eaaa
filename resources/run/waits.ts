/** One wait of a step, as it is recorded; the line the operator reads is made when the status is read. */
export interface WaitRecord {
  /** What is waited for from the beginning to the end; tells the waits of one step apart. */
  title: string;
  /** What is waited for at the moment, when that is something else. */
  now?: string;
  /** e.g. `cluster source, namespace shop` */
  where: string;
  /** RFC 3339: when something last moved. */
  since: string;
  /** Undefined when something else ends the wait. */
  patienceSeconds?: number;
  lastSeen?: string;
  /** Of the object waited for. */
  lastEvent?: string;
}

const LONGEST = 600;

/** `Waiting since 2026-01-01T12:00:01Z (gives up after 10 min without movement): the last pod to end, cluster source; seen: …; last event: …` */
export function waitLine({ title, now, where, since, patienceSeconds, lastSeen, lastEvent }: WaitRecord): string {
  const patience =
    patienceSeconds === undefined ? '' : ` (gives up after ${duration(patienceSeconds)} without movement)`;
  const parts = [
    `Waiting since ${since}${patience}: ${title}`,
    where,
    ...(now && now !== title ? [`now for ${now}`] : []),
  ];
  const seen = [...(lastSeen ? [`seen: ${lastSeen}`] : []), ...(lastEvent ? [`last event: ${lastEvent}`] : [])];
  const line = [parts.join(', '), ...seen].join('; ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** What activities write into an entry of a pipeline. */
export interface EntryProgress {
  progress?: string[];
  waits?: WaitRecord[];
}

/** A status as it is read: each entry of its pipeline has a line for each wait below the lines of its progress, and no record of it. */
export function withWaitLines<Status extends { pipeline?: unknown } | undefined>(status: Status): Status {
  const pipeline = status?.pipeline;
  if (!Array.isArray(pipeline) || !pipeline.some(({ waits }: EntryProgress) => waits)) return status;
  return { ...status, pipeline: pipeline.map(shown) };
}

function shown({ waits = [], progress = [], ...entry }: EntryProgress): object {
  const lines = [...progress, ...waits.map(waitLine)];
  return lines.length > 0 ? { ...entry, progress: lines } : entry;
}

const duration = (seconds: number): string =>
  seconds >= 120 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;

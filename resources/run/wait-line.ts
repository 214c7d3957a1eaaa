/** What the operator reads of a wait, as one line of a pipeline entry's progress. */
export interface WaitView {
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

const BEGINNING = 'Waiting since ';
const LONGEST = 600;

/** `Waiting since 2026-01-01T12:00:01Z (gives up after 10 min without movement): the last pod to end, cluster source; seen: …; last event: …` */
export function waitLine({ title, now, where, since, patienceSeconds, lastSeen, lastEvent }: WaitView): string {
  const patience =
    patienceSeconds === undefined ? '' : ` (gives up after ${duration(patienceSeconds)} without movement)`;
  const parts = [
    `${BEGINNING}${since}${patience}: ${title}`,
    where,
    ...(now && now !== title ? [`now for ${now}`] : []),
  ];
  const seen = [...(lastSeen ? [`seen: ${lastSeen}`] : []), ...(lastEvent ? [`last event: ${lastEvent}`] : [])];
  const line = [parts.join(', '), ...seen].join('; ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** Whether a line of progress tells of a wait; with `title`, of this one. */
export function isWaitLine(line: string, title?: string): boolean {
  if (!line.startsWith(BEGINNING)) return false;
  return title === undefined || line.slice(line.indexOf(': ') + 2).startsWith(`${title}, `);
}

const duration = (seconds: number): string =>
  seconds >= 120 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;

import proto from '@temporalio/proto';
import type { KeptHistory } from './histories.js';

type Event = NonNullable<KeptHistory['history']['events']>[number];

/** As it is sent and stored. */
const bytes = (event: Event): number => proto.temporal.api.history.v1.HistoryEvent.encode(event).finish().length;

/** What a history takes. */
export const historyBytes = ({ history }: KeptHistory): number => sum((history.events ?? []).map(bytes));

/** The most that one workflow task of a history was given in events, or came back with in commands. */
export function largestTaskBytes({ history }: KeptHistory): number {
  const commands = new Map<string, number>();
  let given = 0;
  let most = 0;
  for (const event of history.events ?? []) {
    given += bytes(event);
    if (event.workflowTaskStartedEventAttributes) {
      most = Math.max(most, given);
      given = 0;
    }
    const task = taskOf(event);
    if (task !== undefined) commands.set(task, (commands.get(task) ?? 0) + bytes(event));
  }
  return Math.max(most, ...commands.values());
}

/** By workflow type: how many children one workflow started, and what their inputs take together. */
export function childInputs({ history }: KeptHistory): Map<string, { children: number; bytes: number }> {
  const found = new Map<string, { children: number; bytes: number }>();
  for (const { startChildWorkflowExecutionInitiatedEventAttributes: child } of history.events ?? []) {
    if (!child) continue;
    const type = child.workflowType?.name ?? '';
    const known = found.get(type) ?? { children: 0, bytes: 0 };
    found.set(type, { children: known.children + 1, bytes: known.bytes + inputBytes(child.input) });
  }
  return found;
}

/** The completed workflow task an event is a command of. */
function taskOf(event: Event): string | undefined {
  for (const value of Object.values(event)) {
    const id = (value as { workflowTaskCompletedEventId?: { toString(): string } } | null)
      ?.workflowTaskCompletedEventId;
    if (id) return id.toString();
  }
  return undefined;
}

const inputBytes = (input: proto.temporal.api.common.v1.IPayloads | null | undefined): number =>
  sum((input?.payloads ?? []).map(({ data }) => data?.length ?? 0));

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

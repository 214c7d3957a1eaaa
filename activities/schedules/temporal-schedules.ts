import {
  type Client,
  encodeScheduleOverlapPolicy,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type { WantedSchedule } from './wanted-schedules.js';

const GRPC_INVALID_ARGUMENT = 3;

/** Temporal rejects the schedule, for example because of a time zone it does not know. */
export class ScheduleRefused extends Error {
  override readonly name = 'ScheduleRefused';
}

/**
 * Makes a Temporal Schedule what it should be, whoever changed it, and says what it is going to do.
 *
 * @throws ScheduleRefused
 */
export async function ensureSchedule(client: Client, wanted: WantedSchedule): Promise<ScheduleDescription> {
  const handle = client.schedule.getHandle(wanted.scheduleId);
  const found = await unlessGone(handle.describe());
  if (found === undefined) {
    await client.schedule.create(wanted).catch(refused).catch(unlessMade);
  } else if (found.state.note !== wanted.state.note || found.state.paused !== wanted.state.paused) {
    await handle.update(() => wanted).catch(refused);
  } else {
    return found;
  }
  return handle.describe();
}

/** Its running workflows continue. */
export async function removeSchedule(client: Client, id: string): Promise<void> {
  await unlessGone(client.schedule.getHandle(id).delete());
}

/**
 * Starts an action now, or as soon as the workflow of the one before has closed.
 *
 * @param request one request triggers once, however often it is sent
 */
export async function triggerSchedule(client: Client, scheduleId: string, request: string): Promise<void> {
  await client.workflowService.patchSchedule({
    namespace: client.options.namespace,
    scheduleId,
    requestId: request,
    identity: client.options.identity,
    patch: { triggerImmediately: { overlapPolicy: encodeScheduleOverlapPolicy(ScheduleOverlapPolicy.BUFFER_ONE) } },
  });
}

/** Does what should have been done at a time that has passed, as if it were then. */
export async function makeUpFor(client: Client, scheduleId: string, at: Date): Promise<void> {
  const start = new Date(at.getTime() - 1_000);
  await client.schedule.getHandle(scheduleId).backfill({ start, end: at, overlap: ScheduleOverlapPolicy.SKIP });
}

async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

function unlessMade(error: unknown): void {
  if (!(error instanceof ScheduleAlreadyRunning)) throw error;
}

function refused(error: unknown): never {
  // The SDK's own word for an invalid spec.
  if (error instanceof TypeError) throw new ScheduleRefused(error.message, { cause: error });
  const cause = (error as { cause?: { code?: number; message?: string; details?: string } }).cause;
  if (cause?.code === GRPC_INVALID_ARGUMENT) {
    throw new ScheduleRefused(cause.details || cause.message, { cause: error });
  }
  throw error;
}

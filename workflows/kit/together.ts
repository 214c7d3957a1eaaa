import { CancellationScope, isCancellation } from '@temporalio/workflow';

/**
 * Runs branches side by side in one cancellation scope: the first failure cancels the others, all have settled before anything is
 * thrown, and then it is the first real failure that is thrown (or the cancellation, when there was no failure).
 */
export async function together<Branches extends readonly (() => Promise<unknown>)[]>(
  ...branches: Branches
): Promise<{ [Index in keyof Branches]: Awaited<ReturnType<Branches[Index]>> }> {
  const scope = new CancellationScope();
  let firstFailure: unknown;
  const watched = async (branch: () => Promise<unknown>): Promise<unknown> => {
    try {
      return await branch();
    } catch (error) {
      if (firstFailure === undefined && !isCancellation(error)) firstFailure = error;
      scope.cancel();
      throw error;
    }
  };
  const settled = await scope.run(() => Promise.allSettled(branches.map(watched)));
  if (firstFailure !== undefined) throw firstFailure;
  const values = settled.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
  return values as { [Index in keyof Branches]: Awaited<ReturnType<Branches[Index]>> };
}

import type { Response } from 'express';

/** Writes a piece of an answer; waits for a slow reader rather than keeping more of it in memory. */
export async function writeText(response: Response, text: string): Promise<void> {
  if (response.destroyed || response.write(text)) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

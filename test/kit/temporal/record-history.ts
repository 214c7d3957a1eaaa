import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

const folder = fileURLToPath(new URL('../replay/histories/', import.meta.url));

/** With RECORD_HISTORIES set, keeps a workflow's history for the replay tests. Existing files are never replaced. */
export async function recordHistory(client: Client, workflowId: string, name: string): Promise<void> {
  if (process.env.RECORD_HISTORIES === undefined) return;
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  forgetMachine(history);
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}${name}.bin`, temporal.api.history.v1.History.encode(history).finish(), {
    flag: 'wx',
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** A worker's own queue, named after its process and machine. */
const STICKY_QUEUE = /^\d+@/;

/** Where the recording ran is nobody's business: stack traces and names of workers go, replay needs neither. */
function forgetMachine(value: unknown): void {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  for (const [key, part] of Object.entries(value)) {
    if (typeof part === 'string') {
      const isMachine = key === 'stackTrace' || key === 'identity' || (key === 'name' && STICKY_QUEUE.test(part));
      if (isMachine) Object.assign(value, { [key]: '' });
    } else forgetMachine(part);
  }
}

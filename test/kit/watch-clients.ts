import { request } from 'node:https';
import { parentPort, workerData } from 'node:worker_threads';

/** What this thread is started with: it opens so many watches, and finds in each line when the write was begun. */
export interface WatchClients {
  url: string;
  token: string;
  count: number;
}

/** Sent when all are open, and then with the milliseconds each line took, whenever asked. */
export type WatchClientsReport = { open: true } | { late: number[] };

const late: number[] = [];
const { url, token, count }: WatchClients = workerData;
let open = 0;
for (let client = 0; client < count; client += 1) {
  const watch = request(
    url,
    { headers: { Authorization: `Bearer ${token}` }, rejectUnauthorized: false },
    (response) => {
      open += 1;
      if (open === count) parentPort?.postMessage({ open: true });
      response.setEncoding('utf8').on('data', (text: string) => {
        for (const [, written] of text.matchAll(/"written":"(\d+)"/g)) late.push(Date.now() - Number(written));
      });
    },
  );
  watch.on('error', (error) => parentPort?.postMessage({ failed: error.message })).end();
}
parentPort?.on('message', () => parentPort?.postMessage({ late }));

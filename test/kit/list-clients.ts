import { request } from 'node:https';
import { parentPort, workerData } from 'node:worker_threads';

/** What this thread is started with: it asks for the list once per media type, all at once, and keeps nothing of the answers. */
export interface ListClients {
  url: string;
  token: string;
  accept: string[];
  /** Text that each object of the answer contains once; shorter than 100 characters. */
  mark: string;
}

/** How an answer began, how many objects it held and what its last characters are. */
export interface DrainedList {
  code: number | undefined;
  objects: number;
  tail: string;
}

const { url, token, accept, mark }: ListClients = workerData;

function drained(mediaType: string): Promise<DrainedList> {
  const headers = { Authorization: `Bearer ${token}`, Accept: mediaType };
  return new Promise((resolve, reject) => {
    request(url, { headers, rejectUnauthorized: false, agent: false }, (response) => {
      let [objects, rest, tail] = [0, '', ''];
      response.setEncoding('utf8').on('data', (text: string) => {
        const joined = rest + text;
        objects += joined.split(mark).length - 1;
        // Shorter than what is looked for: nothing is counted twice.
        rest = joined.slice(1 - mark.length);
        tail = (tail + text).slice(-200);
      });
      response.on('end', () => resolve({ code: response.statusCode, objects, tail }));
      response.on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}

Promise.all(accept.map(drained)).then(
  (lists) => parentPort?.postMessage(lists),
  (error: Error) => {
    throw error;
  },
);

import { Worker } from 'node:worker_threads';

/** Asks `/healthz` again and again from a thread of its own, over one connection that is kept: what it waits for is the API alone. */
const PROBE = `
  const { parentPort, workerData } = require('node:worker_threads');
  const https = require('node:https');
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca: workerData.ca });
  let longest = 0;
  let failures = 0;
  const ask = () => {
    const started = performance.now();
    const done = (ok) => {
      longest = Math.max(longest, performance.now() - started);
      if (!ok) failures++;
      setTimeout(ask, 5);
    };
    https
      .get(workerData.url + '/healthz', { agent }, (response) => {
        response.resume();
        response.on('end', () => done(response.statusCode === 200));
      })
      .on('error', () => done(false));
  };
  ask();
  parentPort.on('message', () => {
    parentPort.postMessage({ longest, failures });
    longest = 0;
    failures = 0;
  });
`;

/** What was seen since it was last asked. */
export interface Probed {
  /** Longest answer, in milliseconds. */
  longest: number;
  failures: number;
}

export class HealthProber {
  private readonly worker: Worker;

  constructor(url: string, ca: string) {
    this.worker = new Worker(PROBE, { eval: true, workerData: { url, ca } });
  }

  async look(): Promise<Probed> {
    const answer = new Promise<Probed>((resolve) => this.worker.once('message', resolve));
    this.worker.postMessage('look');
    return answer;
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }
}

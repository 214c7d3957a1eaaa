import { setTimeout as pause } from 'node:timers/promises';
import { StartError } from '../../../config/problems.js';
import { processEnvironment } from '../../../config/process-environment.js';
import { runProcess } from '../../../process/run-process.js';

/** For run-process.test.ts: a main program whose work takes as long as WORK_MS says, and that fails as FAIL says. */
const { FAIL, WORK_MS = '0', DRAIN_SECONDS = '1' } = processEnvironment();

await runProcess({
  name: 'patient',
  readConfig() {
    if (FAIL === 'config') throw new StartError([problem('ONE'), problem('OTHER')]);
    return { drainSeconds: Number(DRAIN_SECONDS), warnings: ['a warning'] };
  },
  async start({ logger, onStop, fail }) {
    // As a server does, it keeps the process alive.
    const alive = setInterval(() => undefined, 1_000);
    onStop('the first', async () => {
      clearInterval(alive);
      logger.info('the first is stopped');
    });
    onStop('the work', async () => {
      await pause(Number(WORK_MS));
      if (FAIL === 'stop') throw new Error('no way to stop');
      logger.info('the work is done');
    });
    if (FAIL === 'start') throw new Error('cannot start');
    if (FAIL === 'rejection') void Promise.reject(new Error('not awaited'));
    if (FAIL === 'later') setTimeout(() => fail('The server failed', new Error('its reason')), 10);
    logger.info('up');
  },
});

function problem(variable: string) {
  return { variable, what: 'it is wrong.', remedy: 'Correct it.' };
}

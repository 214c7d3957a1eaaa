import { describe, expect, it } from 'vitest';
import { SpawnedProgram } from '../test/kit/process/spawn-program.js';

const start = (env: Record<string, string> = {}): SpawnedProgram =>
  SpawnedProgram.start('test/kit/process/patient-program.ts', env);

/** Each starts a program. */
const options = { timeout: 120_000 };

describe.concurrent('a signal', options, () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: work under way ends first, the last started is stopped first',
    async (signal) => {
      const program = start({ WORK_MS: '300' });
      await program.says('up');
      program.kill(signal);
      const { code, stdout, stderr } = await program.end();
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/a warning[\s\S]*Stopping[\s\S]*the work is done[\s\S]*the first is stopped/);
    },
  );

  it('ends with 1 and says what had not stopped, when the drain time and five seconds are over', async () => {
    const program = start({ WORK_MS: '60000', DRAIN_SECONDS: '0' });
    await program.says('up');
    const before = Date.now();
    program.kill('SIGTERM');
    const { code, stdout } = await program.end();
    expect(code).toBe(1);
    expect(stdout).toContain('Ended after 5 s although the work had not stopped; MTC_DRAIN_SECONDS allows more');
    expect(Date.now() - before).toBeGreaterThanOrEqual(5_000);
  });

  it('given twice ends at once', async () => {
    const program = start({ WORK_MS: '60000', DRAIN_SECONDS: '60' });
    await program.says('up');
    program.kill('SIGTERM');
    await program.says('Stopping');
    program.kill('SIGTERM');
    const { code, stdout } = await program.end();
    expect(code).toBe(1);
    expect(stdout).toContain('ending at once, while stopping the work');
  });
});

describe.concurrent('a failure', options, () => {
  it('of variables: one line each on standard error, nothing started', async () => {
    const { code, stdout, stderr } = await start({ FAIL: 'config' }).end();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe('ONE: it is wrong. Correct it.\nOTHER: it is wrong. Correct it.\n');
  });

  it('of the start: told on standard error, what had started is stopped', async () => {
    const { code, stdout, stderr } = await start({ FAIL: 'start' }).end();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Error: cannot start\n/);
    expect(stdout).toContain('the first is stopped');
  });

  it('of a stop: logged, the others are stopped, exit code 1', async () => {
    const program = start({ FAIL: 'stop' });
    await program.says('up');
    program.kill('SIGTERM');
    const { code, stdout } = await program.end();
    expect(code).toBe(1);
    expect(stdout).toMatch(/no way to stop[\s\S]*Stopping the work failed[\s\S]*the first is stopped/);
  });

  it.each([
    ['later', 'The server failed', 'its reason'],
    ['rejection', 'A promise was rejected and not handled', 'not awaited'],
  ])('%s: logged, everything is stopped, exit code 1', async (kind, what, why) => {
    const { code, stdout } = await start({ FAIL: kind }).end();
    expect(code).toBe(1);
    for (const text of [what, why, 'the work is done', 'the first is stopped']) expect(stdout).toContain(text);
  });
});

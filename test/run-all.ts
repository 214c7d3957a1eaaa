import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * `npm test`: static checks, then every tier of tests in order of cost, each in its own run so that a failing one does not hide the
 * others; of the faults their short form. The last line counts what vitest's own reports say: `N passed, N failed`.
 */
const TIERS = ['unit', 'workflow', 'api', 'e2e', 'faults'] as const;

const only = process.argv.slice(2);
const folder = await mkdtemp(path.join(tmpdir(), 'mtc-test-'));
let passed = 0;
let failed = 0;
let sound = true;

try {
  sound = (await run('npm', ['run', '--silent', 'build'])) && sound;
  sound = (await run('npm', ['run', '--silent', 'check'])) && sound;
  for (const tier of TIERS.filter((name) => only.length === 0 || only.includes(name))) {
    const report = path.join(folder, `${tier}.json`);
    const ended = await run('vitest', [
      'run',
      '--project',
      tier,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ]);
    const counts = await readCounts(report);
    passed += counts.passed;
    failed += counts.failed;
    // A suite that could not even be collected has no failed test of its own, yet vitest ends with an error.
    if (!ended && counts.failed === 0) failed += 1;
    sound = ended && sound;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = sound && failed === 0 && passed > 0 ? 0 : 1;

function run(command: string, args: string[]): Promise<boolean> {
  console.log(`\n> ${command} ${args.join(' ')}`);
  return new Promise((resolve) => {
    const env = { ...process.env, FAULTS: 'short' };
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
}

async function readCounts(report: string): Promise<{ passed: number; failed: number }> {
  const text = await readFile(report, 'utf8').catch(() => undefined);
  if (text === undefined) return { passed: 0, failed: 0 };
  const { numPassedTests, numFailedTests } = JSON.parse(text) as { numPassedTests: number; numFailedTests: number };
  return { passed: numPassedTests, failed: numFailedTests };
}

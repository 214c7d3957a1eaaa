import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * `npm test`: static checks and the tiers without clusters, while the lab comes up (and, on a fresh machine, is built); then the tiers
 * with clusters, of the faults their short form. Each stage is a run of vitest of its own, so that a failing one does not hide the
 * others. The last line counts what vitest's own reports say: `N passed, N failed`. Arguments are names of tiers: no others are run.
 */
const STAGES = [
  { name: 'quick', tiers: ['unit', 'workflow', 'api'], needsLab: false },
  { name: 'clusters', tiers: ['preparation', 'cluster', 'system'], needsLab: true },
  { name: 'faults', tiers: ['faults'], needsLab: true },
];

const only = process.argv.slice(2);
const stages = STAGES.map((stage) => ({
  ...stage,
  tiers: stage.tiers.filter((tier) => only.length === 0 || only.includes(tier)),
})).filter(({ tiers }) => tiers.length > 0);

const children = new Set<ChildProcess>();
process.once('SIGTERM', () => {
  for (const child of children) child.kill('SIGTERM');
  process.exit(143);
});

const folder = await mkdtemp(path.join(tmpdir(), 'mtc-test-'));
let passed = 0;
let failed = 0;
let sound = true;

try {
  const labLog = path.join(folder, 'lab.log');
  const lab = stages.some(({ needsLab }) => needsLab) && !hasClusters() ? raiseLab(labLog) : Promise.resolve(true);
  sound = (await run('npm', ['run', '--silent', 'build'])) && sound;
  sound = (await run('npm', ['run', '--silent', 'check'])) && sound;
  for (const { name, tiers, needsLab } of stages) {
    // The tiers bring it up themselves where it is not, and say what is in the way.
    if (needsLab && !(await lab)) console.log(`\nThe lab did not come up:\n${await readFile(labLog, 'utf8')}`);
    const report = path.join(folder, `${name}.json`);
    const ended = await run('vitest', [
      'run',
      ...tiers.flatMap((tier) => ['--project', tier]),
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

function hasClusters(): boolean {
  return process.env.SOURCE_KUBECONFIG !== undefined && process.env.TARGET_KUBECONFIG !== undefined;
}

/** In the background, with its output kept: it would run into that of the tests. */
async function raiseLab(log: string): Promise<boolean> {
  const output = await open(log, 'w');
  try {
    return await ended(start('npm', ['run', '--silent', 'lab', '--', 'up'], ['ignore', output.fd, output.fd]));
  } finally {
    await output.close();
  }
}

function run(command: string, args: string[]): Promise<boolean> {
  console.log(`\n> ${command} ${args.join(' ')}`);
  return ended(start(command, args, ['ignore', 'inherit', 'inherit']));
}

function start(command: string, args: string[], stdio: ('ignore' | 'inherit' | number)[]): ChildProcess {
  const child = spawn(command, args, { stdio, env: { ...process.env, FAULTS: 'short' } });
  children.add(child);
  child.once('close', () => children.delete(child));
  return child;
}

function ended(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
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

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

/** Characters of what a failed test said that are repeated at the end. */
const FAILURE_LENGTH = 600;

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
const failures: string[] = [];
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
    const results = await readResults(report);
    passed += results.passed;
    failed += results.failures.length;
    failures.push(...results.failures);
    // A suite that could not even be collected has no failed test of its own, yet vitest ends with an error.
    if (!ended && results.failures.length === 0) failed += 1;
    sound = ended && sound;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

// Again at the end: of a long log often only that is kept.
for (const failure of failures) console.log(`\n${failure}`);
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

interface Report {
  numPassedTests: number;
  testResults: {
    name: string;
    assertionResults: { fullName: string; status: string; failureMessages?: string[] }[];
  }[];
}

/** Of vitest's own report: how many tests passed, and of each that failed its file, its name and the beginning of what it said. */
async function readResults(report: string): Promise<{ passed: number; failures: string[] }> {
  const text = await readFile(report, 'utf8').catch(() => undefined);
  if (text === undefined) return { passed: 0, failures: [] };
  const { numPassedTests, testResults } = JSON.parse(text) as Report;
  const failures = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages = [] }) =>
        [
          `FAILED ${path.relative(process.cwd(), name)}: ${fullName}`,
          failureMessages.join('\n').slice(0, FAILURE_LENGTH),
        ].join('\n'),
      ),
  );
  return { passed: numPassedTests, failures };
}

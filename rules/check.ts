import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';

/**
 * `npm run check`: every static check, as many side by side as there are processors, the slowest one first. Each is heard only when it
 * fails, whole and by its name; all are run, so that one failure does not hide another.
 */
const CHECKS: Record<string, string> = {
  types: 'tsc --noEmit --incremental --tsBuildInfoFile node_modules/.cache/check.tsbuildinfo',
  imports: 'depcruise --output-type err-long .',
  spelling: 'cspell --no-progress --no-summary --cache --cache-location node_modules/.cache/cspell "**"',
  unused: 'knip --no-progress',
  packages: 'knip --no-progress --production --dependencies',
  phrases: 'tsx rules/plain-english.ts',
  style: 'biome ci --colors=off --error-on-warnings .',
};

const limited = pLimit(Math.min(availableParallelism(), 4));
const only = process.argv.slice(2);
const unknown = only.filter((name) => !(name in CHECKS));
if (unknown.length > 0)
  throw new Error(`No such check: ${unknown.join(', ')}. There are ${Object.keys(CHECKS).join(', ')}.`);

const failed = await Promise.all(
  Object.entries(CHECKS)
    .filter(([name]) => only.length === 0 || only.includes(name))
    .map(([name, command]) => limited(() => check(name, command))),
);
process.exitCode = failed.some(Boolean) ? 1 : 0;

async function check(name: string, command: string): Promise<boolean> {
  const began = performance.now();
  const { ended, said } = await run(command);
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  console.log(ended ? `${name}: ${seconds} s` : `${name} failed: ${command}\n${said}`);
  return !ended;
}

function run(command: string): Promise<{ ended: boolean; said: string }> {
  return new Promise((resolve) => {
    const said: Buffer[] = [];
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (part: Buffer) => said.push(part));
    child.stderr.on('data', (part: Buffer) => said.push(part));
    child.on('error', (error) => resolve({ ended: false, said: String(error) }));
    child.on('close', (code) => resolve({ ended: code === 0, said: Buffer.concat(said).toString() }));
  });
}

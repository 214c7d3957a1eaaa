import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';

/**
 * `npm run check`: every static check, i.e. the scripts `check:…` of package.json, in their order and as many side by side as there are
 * processors. Each is heard only when it fails, whole and by its name; all are run, so that one failure does not hide another.
 */
const root = fileURLToPath(new URL('../', import.meta.url));
const { scripts } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
  scripts: Record<string, string>;
};

const limited = pLimit(Math.min(availableParallelism(), 4));
const failed = await Promise.all(
  Object.keys(scripts)
    .filter((name) => name.startsWith('check:'))
    .map((name) => limited(() => check(name))),
);
process.exitCode = failed.some(Boolean) ? 1 : 0;

async function check(name: string): Promise<boolean> {
  const began = performance.now();
  const { succeeded, said } = await run(name);
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  console.log(succeeded ? `${name}: ${seconds} s` : `${name} failed: ${scripts[name]}\n${said}`);
  return !succeeded;
}

function run(name: string): Promise<{ succeeded: boolean; said: string }> {
  return new Promise((resolve) => {
    const said: Buffer[] = [];
    const child = spawn('npm', ['run', '--silent', name], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (part: Buffer) => said.push(part));
    child.stderr.on('data', (part: Buffer) => said.push(part));
    child.on('error', (error) => resolve({ succeeded: false, said: String(error) }));
    child.on('close', (code) => resolve({ succeeded: code === 0, said: Buffer.concat(said).toString() }));
  });
}

import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Rules of biome that this project sets itself, each with a file that breaks it. Those of biome's recommended set are biome's to test. */
const LINT: Record<string, { file: string; text: string }> = {
  noExplicitAny: { file: 'api/any.ts', text: 'export const value: any = 1;\n' },
  noFloatingPromises: {
    file: 'worker/floating.ts',
    text: 'async function work(): Promise<void> {}\nexport function start(): void {\n  work();\n}\n',
  },
  noNodejsModules: {
    file: 'workflows/node.ts',
    text: "import { randomUUID } from 'node:crypto';\n\nexport const id = randomUUID();\n",
  },
  noRestrictedImports: {
    file: 'resources/framework.ts',
    text: "import { Injectable } from '@nestjs/common';\n\nexport const decorate = Injectable;\n",
  },
  noProcessEnv: { file: 'api/environment.ts', text: 'export const port = process.env.MTC_PORT;\n' },
};

let house: string;

beforeEach(async () => {
  house = await mkdtemp(path.join(tmpdir(), 'mtc-tools-'));
});

afterEach(() => rm(house, { recursive: true, force: true }));

async function plant(files: Record<string, string>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.join(house, path.dirname(file)), { recursive: true });
    await writeFile(path.join(house, file), text);
  }
}

const copy = (...files: string[]) =>
  Promise.all(files.map((file) => cp(path.join(root, file), path.join(house, file), { recursive: true })));

/** What a tool says about the house, and whether it is content. */
function run(binary: string, args: string[]): Promise<{ content: boolean; said: string }> {
  return new Promise((resolve) => {
    const program = path.join(root, 'node_modules', '.bin', binary);
    execFile(program, args, { cwd: house, env: { ...process.env, NO_COLOR: '1' } }, (error, stdout, stderr) =>
      resolve({ content: error === null, said: `${stdout}${stderr}` }),
    );
  });
}

describe('knip', () => {
  const files = {
    'main.ts': "import { used } from './api/used.js';\nimport 'pino';\n\nconsole.log(used);\n",
    'api/used.ts': 'export const used = 1;\n',
    'lab/main.ts': "import 'execa';\n",
  };
  const packages = (dependencies: string[], devDependencies: string[]) =>
    JSON.stringify({
      type: 'module',
      scripts: { lab: 'node lab/main.ts' },
      dependencies: Object.fromEntries(dependencies.map((name) => [name, '1'])),
      devDependencies: Object.fromEntries(devDependencies.map((name) => [name, '1'])),
    });

  beforeEach(() => copy('knip.json'));

  test('lets a tidy house pass', async () => {
    await plant({ ...files, 'package.json': packages(['pino'], ['execa']) });
    expect(await run('knip', ['--no-progress', '--no-config-hints'])).toEqual({ content: true, said: '' });
    expect(await run('knip', ['--no-progress', '--production', '--dependencies'])).toMatchObject({ content: true });
  });

  test('names files, exports, types and packages that nobody uses', async () => {
    await plant({
      ...files,
      'api/used.ts': 'export const used = 1;\nexport const forgotten = 2;\nexport type Forgotten = 3;\n',
      'api/unused.ts': 'export {};\n',
      'lab/main.ts': "import 'execa';\nimport 'not-listed';\n",
      'package.json': packages(['pino', 'left-over'], ['execa', 'left-over-too']),
    });
    const { content, said } = await run('knip', ['--no-progress']);
    expect(content).toBe(false);
    expect(said).toMatch(/Unused files[\s\S]*api\/unused\.ts/);
    expect(said).toMatch(/Unused exports[\s\S]*forgotten +api\/used\.ts/);
    expect(said).toMatch(/Unused exported types[\s\S]*Forgotten +type +api\/used\.ts/);
    expect(said).toMatch(/Unused dependencies[\s\S]*left-over +package\.json/);
    expect(said).toMatch(/Unused devDependencies[\s\S]*left-over-too +package\.json/);
    expect(said).toMatch(/Unlisted dependencies[\s\S]*not-listed +lab\/main\.ts/);
  });

  test('names run-time packages that only the lab uses', async () => {
    await plant({ ...files, 'package.json': packages(['pino', 'execa'], []) });
    const { content, said } = await run('knip', ['--no-progress', '--production', '--dependencies']);
    expect(content).toBe(false);
    expect(said).toMatch(/Unused dependencies[\s\S]*execa +package\.json/);
    expect(said).not.toContain('pino');
  });
});

describe('biome', () => {
  test('names each rule of the project that a file breaks', async () => {
    await copy('biome.json');
    await plant(Object.fromEntries(Object.values(LINT).map(({ file, text }) => [file, text])));
    const { said } = await run('biome', ['ci', '--reporter=github', '--max-diagnostics=none', '.']);
    const rules = await configuredRules();
    expect(rules).toContain('noNodejsModules');
    for (const rule of rules) {
      const planted = LINT[rule];
      expect(planted, `biome.json sets ${rule}: plant a file that breaks it in LINT`).toBeDefined();
      const named = said.split('\n').filter((line) => line.includes(`/${rule},`));
      expect(
        named.filter((line) => line.includes(`/${planted?.file},`)),
        rule,
      ).not.toEqual([]);
    }
  });
});

/** Names of the rules that biome.json sets to an error, anywhere in it. */
async function configuredRules(): Promise<string[]> {
  const names = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, setting] of Object.entries(value)) {
      const level = typeof setting === 'object' && setting !== null ? (setting as { level?: unknown }).level : setting;
      if (level === 'error') names.add(name);
      else collect(setting);
    }
  };
  collect(JSON.parse(await readFile(path.join(root, 'biome.json'), 'utf8')));
  return [...names];
}

describe('cspell', () => {
  beforeEach(async () => {
    await copy('cspell.config.mjs', 'rules/words.txt', 'rules/plain-english.json');
    // Its dictionaries.
    await symlink(path.join(root, 'node_modules'), path.join(house, 'node_modules'));
  });

  test('names misspelled and British words', async () => {
    await plant({ 'api/a.ts': '/** The migraton of a kubernetes volume, and its behaviour. */\nexport {};\n' });
    const { content, said } = await run('cspell', ['--no-progress', '**']);
    expect(content).toBe(false);
    expect(said).toMatch(/api\/a\.ts:1:9 - Unknown word \(migraton\)/);
    expect(said).toMatch(/Unknown word \(behaviour\)/);
    expect(said).not.toContain('kubernetes');
  });

  test('names private words in rooms that are cleaned', async () => {
    const word = ['me', 'nd'].join('');
    await plant({
      'clusters/a.ts': `/** ${word} it. */\nexport {};\n`,
      'elsewhere/a.ts': `/** ${word} it. */\nexport {};\n`,
    });
    const { said } = await run('cspell', ['--no-progress', '--no-summary', '**']);
    expect(said.trim()).toMatch(/^clusters\/a\.ts:1:5 - Forbidden word \(mend\) fix: \(fix\)$/);
  });
});

describe('npm run check', () => {
  const scripts = { 'check:good': 'echo fine', 'check:bad': 'echo what is wrong && exit 3', 'check:last': 'true' };

  beforeEach(async () => {
    await copy('rules/check.ts');
    await symlink(path.join(root, 'node_modules'), path.join(house, 'node_modules'));
  });

  test('runs every check, and fails with what the failing one said', async () => {
    await plant({ 'package.json': JSON.stringify({ type: 'module', scripts }) });
    const { content, said } = await run('tsx', ['rules/check.ts']);
    expect(content).toBe(false);
    expect(said).toContain(`check:bad failed: ${scripts['check:bad']}\nwhat is wrong`);
    expect(said).toMatch(/check:good: [\d.]+ s/);
    expect(said).toMatch(/check:last: [\d.]+ s/);
    expect(said).not.toContain('fine');
  });

  test('succeeds when all do', async () => {
    await plant({ 'package.json': JSON.stringify({ type: 'module', scripts: { 'check:good': 'true' } }) });
    expect((await run('tsx', ['rules/check.ts'])).content).toBe(true);
  });
});

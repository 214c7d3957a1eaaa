import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleWorkflows } from '../../worker/bundle-workflows.js';
import { readRelease, recordRelease } from '../kit/temporal/recorded-histories.js';
import { expectDeterministic, type WorkflowBundle } from '../kit/temporal/replay-check.js';
import { ScriptedWorker } from '../kit/temporal/scripted-worker.js';
import { HISTORY_NAMES, NAMED_RUNS, recordRun } from './named-runs.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const isFolder = (entry: { isDirectory(): boolean }): boolean => entry.isDirectory();
/** One folder per release; none before the first. */
const releases = (await readdir(here, { withFileTypes: true })).filter(isFolder).map(({ name }) => name);

let bundle: WorkflowBundle;
beforeAll(async () => {
  bundle = await bundleWorkflows('unversioned');
});

describe.runIf(releases.length > 0)('what was recorded when it was released', () => {
  it.each(releases)('%s is replayed by the workflows of today', async (release) => {
    const histories = await readRelease(path.join(here, release));
    expect(histories.length).toBeGreaterThanOrEqual(25);
    await expectDeterministic(bundle, histories);
  });
});

describe('the histories that a release keeps', () => {
  let worker: ScriptedWorker;
  let folder: string;
  beforeAll(async () => {
    worker = await ScriptedWorker.start();
    folder = await mkdtemp(path.join(tmpdir(), 'mtc-release-'));
  });
  afterAll(async () => {
    await worker?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('are 25 to 30, each with a name of its own', () => {
    expect(HISTORY_NAMES.length).toBeGreaterThanOrEqual(25);
    expect(HISTORY_NAMES.length).toBeLessThanOrEqual(30);
    expect(new Set(HISTORY_NAMES).size).toBe(HISTORY_NAMES.length);
    for (const name of HISTORY_NAMES) expect(name).toMatch(/^[\w.-]{1,60}$/);
  });

  it('are JSON that tells nothing of the machine, is replayed, and is neither changed nor recorded again', async () => {
    const run = NAMED_RUNS.find(({ name }) => name === 'final.succeeds');
    if (run === undefined) return expect.fail('there is no such run');
    const release = path.join(folder, '1.2.3');
    await recordRelease(release, await recordRun(worker, run));
    const file = path.join(release, 'final.succeeds.json');
    const text = await readFile(file, 'utf8');
    expect(text).toContain('"EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED"');
    expect(text).not.toContain(`@${hostname()}`);
    expect(text).not.toContain(path.resolve('.'));

    const histories = await readRelease(release);
    expect(histories.map(({ type }) => type)).toEqual(expect.arrayContaining(['migration', 'backup', 'runHook']));
    await expectDeterministic(bundle, histories);
    await expect(recordRelease(release, new Map())).rejects.toThrow('EEXIST');

    await writeFile(file, text.replaceAll('directVolume', 'elsewhere'));
    await expect(readRelease(release)).rejects.toThrow('final.succeeds.json is not as it was recorded');
    await rm(file);
    await expect(readRelease(release)).rejects.toThrow('lacks final.succeeds.json');
  });
});

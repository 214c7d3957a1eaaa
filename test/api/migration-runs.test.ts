import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { migration } from './manifests.js';
import { NAMESPACE, OBJECTS_PATH, TestApi } from './test-api.js';

let api: TestApi;
let run: RunRef;
beforeAll(async () => {
  api = await TestApi.start();
  const { body } = await api.create('migmigrations', migration('cutover'));
  run = { kind: 'MigMigration', namespace: NAMESPACE, name: 'cutover', uid: body.metadata.uid, attempt: 1 };
});
afterAll(() => api?.close());

const LOG = `${OBJECTS_PATH}/migmigrations/cutover/log`;
const REPORT = `${OBJECTS_PATH}/migmigrations/cutover/report`;

describe('what is told of a migration', () => {
  it('is that it has not begun', async () => {
    const { body, headers } = await api.request('GET', LOG);
    expect(headers.get('content-type')).toContain('text/plain');
    expect(body).toContain('The run has not started.');
    expect((await api.request('GET', REPORT)).body).toMatchObject({ name: 'cutover', plan: 'shop', attempts: [] });
  });

  it('is its course, step by step, with durations, bytes and what the helpers said', async () => {
    await recordRun();
    const { stdout: log } = await api.kubectl('get', '--raw', LOG);
    expect(log).toContain('Critical Failed (VolumeFull): The target volume is full.');
    expect(log).toMatch(/Attempt 1: Final, Failed/);
    expect(log).toContain('2026-01-01T10:00:00Z Prepare: Completed (5s)');
    expect(log).toContain(
      'shop/data (final): Failed (20s), 500 MB of 1 GB, 3 of 9 files, 400 MB sent - No space left on device',
    );
    expect(log).toContain('2026-01-01T10:00:25Z [rsync-client] rsync: write failed\n');
    expect(log).toContain('2026-01-01T10:00:25Z [rsync-client] No space left on device (28)\n');

    const { body: report } = await api.request('GET', REPORT);
    expect(report.attempts).toMatchObject([
      {
        attempt: 1,
        itinerary: 'Final',
        state: 'Failed',
        sentBytes: 400_000_000,
        steps: [{ name: 'Prepare', durationSeconds: 5 }],
        transfers: [{ volumeId: 'shop/data', durationSeconds: 20, meanRate: 20_000_000 }],
      },
    ]);
  });

  it('is a Status when there is no such migration', async () => {
    const { code, body } = await api.request('GET', `${OBJECTS_PATH}/migmigrations/missing/log`);
    expect(code).toBe(404);
    expect(body).toMatchObject({ kind: 'Status', message: 'migmigrations.migration.openshift.io "missing" not found' });
  });
});

async function recordRun(): Promise<void> {
  const { runs, resources } = api.store;
  // The record is opaque to the API.
  const record = { attempt: 1 } as RunRecord;
  await runs.freeze({ ref: run, itinerary: 'Final', state: 'Running', workflowId: 'migration/x' }, record);
  await runs.recordStep(run, {
    name: 'Prepare',
    state: 'Completed',
    startedAt: '2026-01-01T10:00:00Z',
    endedAt: '2026-01-01T10:00:05Z',
  });
  await runs.saveTransfers([
    {
      ref: run,
      volumeId: 'shop/data',
      pass: 'final',
      phase: 'Failed',
      totalBytes: 1_000_000_000,
      doneBytes: 500_000_000,
      sentBytes: 400_000_000,
      files: 3,
      filesTotal: 9,
      rate: 0,
      attempt: 1,
      startedAt: '2026-01-01T10:00:05Z',
      endedAt: '2026-01-01T10:00:25Z',
      message: 'No space left on device',
    },
  ]);
  await runs.appendLog(run, {
    at: '2026-01-01T10:00:25Z',
    source: 'rsync-client',
    text: 'rsync: write failed\nNo space left on device (28)\n',
  });
  await runs.setState(run, 'Failed');
  const conditions = [
    {
      type: 'Failed',
      status: 'True',
      category: 'Critical',
      reason: 'VolumeFull',
      message: 'The target volume is full.',
      lastTransitionTime: '2026-01-01T10:00:26Z',
    },
  ];
  await resources.update(
    { kind: 'MigMigration', namespace: NAMESPACE, name: 'cutover' },
    (current) => ({ ...current, status: { conditions } }),
    { actor: { name: 'test' } },
  );
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StepFailure } from '../../resources/meta/failure.js';
import { ACCOUNT, encoded, HookLab, tellingPlaybook } from '../kit/cluster/hook-lab.js';
import { fromEnvironment } from '../kit/system/system.js';

let lab: HookLab;
beforeAll(async () => {
  lab = await HookLab.open();
});
afterAll(() => lab?.close());

type Run = ReturnType<HookLab['run']>;

/** The way of the workflow: whatever the end is, nothing of the hook is left. */
async function play(run: Run, during?: () => Promise<unknown>): Promise<void> {
  try {
    await run.start();
    await Promise.all([run.wait(), during?.()]);
  } finally {
    await run.remove();
    expect(await run.left()).toEqual([]);
  }
}

async function failureOf(work: Promise<unknown>): Promise<StepFailure['report']> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof StepFailure)) throw error ?? new Error('it did not fail');
  expect(error.report).toMatchObject({ type: 'HookFailed', what: 'Hook drain (PreBackup) failed' });
  return error.report;
}

/** Without a command the image names its versions. */
const customImage = () => fromEnvironment('HOOK_RUNNER_IMAGE');
const playbook = (task: string) => encoded(`- hosts: localhost\n  gather_facts: false\n  tasks:\n  - ${task}\n`);

describe.concurrent('a playbook', () => {
  it("reads and writes the cluster as the plan's service account, in a namespace that does not allow root", async () => {
    const run = lab.run({ playbook: encoded(tellingPlaybook(lab.namespace)) });
    await play(run);
    const told = await lab.source.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: lab.namespace, name: 'told' });
    expect(told?.data).toEqual({
      namespaces: 'shop,db',
      plan: 'plan',
      pod: expect.stringContaining(run.name),
      account: ACCOUNT,
    });
    expect(run.facts).toEqual({ 'hookDone/PreBackup': 1 });
    expect(run.log()).toContain('the cluster has configmap/told');
    expect(run.log()).toMatch(/, events: .*Started/s);
  });

  it('that fails fails the hook once its tries are spent, with the exit code, and without what it wrote; each try is kept', async () => {
    const run = lab.run({ playbook: playbook('fail: {msg: the queue is not empty}') });
    // Seven tries take Kubernetes more than ten minutes.
    const hurry = () =>
      lab.source.patch(
        { apiVersion: 'batch/v1', kind: 'Job', namespace: lab.namespace, name: run.name },
        { spec: { backoffLimit: 1 } },
        { type: 'merge' },
      );
    const { why } = await failureOf(play(run, hurry));
    expect(why).toMatch(/^All its tries failed\. .*exit code \d+.* Its log is kept with /);
    expect(why).not.toContain('the queue is not empty');
    expect(run.log()).toContain('the queue is not empty');
    expect(run.log().match(/container hook: /g)).toHaveLength(2);
    expect(run.facts).toEqual({});
  });

  it('that hangs ends at the deadline of the Job, its log kept', async () => {
    const run = lab.run({ playbook: playbook('pause: {seconds: 600}'), activeDeadlineSeconds: 30 });
    const started = Date.now();
    const { why, next } = await failureOf(play(run));
    expect(Date.now() - started).toBeLessThan(90_000);
    expect(why).toContain('It ran longer than its activeDeadlineSeconds, 30 s.');
    expect(next).toContain('raise spec.activeDeadlineSeconds');
    expect(run.log()).toMatch(/container hook: .*PLAY \[localhost\]/s);
  });

  it('is stopped with its run, its log kept', async ({ expect }) => {
    const run = lab.run({ playbook: playbook('pause: {seconds: 600}') });
    await run.start();
    await expect.poll(run.left, { timeout: 60_000 }).toContainEqual(expect.stringContaining('Pod'));
    await run.remove();
    expect(await run.left()).toEqual([]);
    expect(run.log()).toContain('events: ');
  });
});

describe.concurrent('a custom image', () => {
  it('does its own work', async () => {
    const run = lab.run({ image: customImage(), playbook: undefined, executionNamespace: lab.unrestricted });
    await play(run);
    expect(run.log()).toContain('ansible [core');
  });

  it('that cannot be pulled fails the hook, with what the node says', async () => {
    const run = lab.run({ image: 'localhost:1/no-such-hook:1', playbook: playbook('debug: {}') });
    run.record.settings.patience.pod = 20;
    const { why, next } = await failureOf(play(run));
    expect(why).toMatch(/cannot start: .*(ErrImagePull|ImagePullBackOff).*no-such-hook/);
    expect(next).toContain('kubectl describe pod');
  });

  it('that the namespace does not admit fails the hook, with what the policy says', async () => {
    const run = lab.run({ image: customImage(), playbook: undefined });
    run.record.settings.patience.pod = 5;
    const { why } = await failureOf(play(run));
    expect(why).toMatch(/FailedCreate: .*violates PodSecurity/);
  });
});

it.concurrent('fails without its service account, and when its Job is deleted', async () => {
  const withoutAccount = lab.run({ serviceAccount: 'absent', playbook: playbook('debug: {}') });
  expect((await failureOf(play(withoutAccount))).why).toContain(
    `no service account absent in namespace ${lab.namespace}`,
  );

  const run = lab.run({ playbook: playbook('pause: {seconds: 600}') });
  const job = { apiVersion: 'batch/v1', kind: 'Job', namespace: lab.namespace, name: run.name };
  const deleted = failureOf(play(run, () => lab.source.remove(job, { propagationPolicy: 'Background' })));
  expect((await deleted).why).toContain('Its Job was deleted');
});

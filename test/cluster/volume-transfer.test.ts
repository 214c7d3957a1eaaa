import { connect } from 'node:tls';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TransferEndpoint } from '../../activities/volumes/contract.js';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { waitForObject } from '../../clusters/wait-for.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { shellImage } from '../kit/cluster/real-cluster.js';
import { application, POD, type TransferLab, transferLab } from '../kit/cluster/transfer-lab.js';

/** Every entry with its type, mode, owner, size, links and content. */
const manifest = (
  folder: string,
): string => `cd ${folder} && find . -mindepth 1 ! -type d -printf '%p %y %m %U:%G %s %n %l\\n' | sort &&
  find . -mindepth 1 -type d -printf '%p %m %U:%G\\n' | sort && find . -type f -exec sha256sum {} + | sort`;

/** Opens the endpoint and copies once. */
async function copy(lab: TransferLab, pass: 'pre-copy' | 'final') {
  const { activities, input, perform } = lab;
  await perform(activities.provisionTargetVolume, input);
  const endpoint = await perform(activities.prepareVolume, input);
  return perform(activities.copyVolume, { ...input, pass, prepared: endpoint });
}

const helpersIn = async (client: ClusterClient, namespace: string): Promise<KubeObject[]> => {
  const kinds = ['Pod', 'Service', 'Secret'];
  const lists = await Promise.all(
    kinds.map((kind) =>
      client.list({ apiVersion: 'v1', kind }, { namespace, labelSelector: 'migration.openshift.io/helper' }),
    ),
  );
  return lists.flatMap(({ items }) => items);
};

describe('a volume', () => {
  let lab: TransferLab;
  let endpoint: TransferEndpoint;

  beforeAll(async () => {
    lab = await transferLab({ labels: { 'example.com/team': 'shop' } });
    await lab.onSource(`cd /data && mkdir -p deep/er sticky && chmod 1777 sticky && mkdir lost+found
      i=0; while [ $i -lt 200 ]; do head -c 5000 /dev/urandom > deep/f$i; i=$((i + 1)); done
      head -c 20000000 /dev/urandom > large; echo one > a; ln a deep/er/b; ln -s nowhere dangling; ln -s /etc/passwd absolute
      mkfifo pipe; echo x > "with
line break"; printf x > "$(printf 'lat\\351n')"; echo secret > unreadable; chmod 0 unreadable; chown 1234:5678 unreadable; chmod 4755 deep/f1`);
  });
  afterAll(() => lab?.remove());

  it('gets a namespace and a claim like its own', async () => {
    const { activities, input, perform, target, namespace } = lab;
    expect(await perform(activities.provisionTargetVolume, input)).toEqual({ created: true });
    const made = await target.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace.target });
    expect(made?.metadata.labels).toMatchObject({ 'example.com/team': 'shop' });
    const claim = await target.get({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      namespace: namespace.target,
      name: 'data-moved',
    });
    expect(claim?.metadata.labels).toMatchObject({
      team: 'shop',
      'migration.openshift.io/migrated-by-migplan': lab.record.plan.uid,
    });
    expect(await perform(activities.provisionTargetVolume, input)).toEqual({ created: true });
  });

  it('is copied, and what it holds is alike', async () => {
    const { activities, input, perform } = lab;
    endpoint = await perform(activities.prepareVolume, input);
    const result = await perform(activities.copyVolume, { ...input, pass: 'pre-copy', prepared: endpoint });
    expect(result).toMatchObject({ attempts: 1, warnings: [], source: result.target });
    expect(result.bytes).toBeGreaterThan(21_000_000);
    expect(await lab.onTarget(manifest('/volume'))).toBe(
      (await lab.onSource(manifest('/data'))).replace(/^.*lost\+found.*\n/m, ''),
    );
    expect(lab.recorded.transfers.at(-1)).toMatchObject({ phase: 'Succeeded', pass: 'pre-copy' });
    expect(lab.recorded.progress).toMatchObject({
      step: 'DirectVolume',
      lines: [expect.stringContaining('1 successful'), expect.stringContaining('copied')],
    });
  });

  it('is kept on the target whatever becomes of its claim', async () => {
    const { target, namespace, recorded } = lab;
    const { items } = await target.list({ apiVersion: 'v1', kind: 'PersistentVolume' });
    const bound = items.filter(({ spec }) => spec.claimRef?.namespace === namespace.target);
    expect(bound).toMatchObject([
      {
        spec: { persistentVolumeReclaimPolicy: 'Retain' },
        metadata: { annotations: { 'openshift.io/orig-reclaim-policy': 'Delete' } },
      },
    ]);
    expect(new Set(recorded.created.map(({ kind }) => kind))).toEqual(
      new Set(['Namespace', 'PersistentVolumeClaim', 'PersistentVolume']),
    );
  });

  it('is brought up to date by what changed alone, deletions included', async () => {
    const { activities, input, perform } = lab;
    await lab.onSource('cd /data && echo changed > deep/f7 && rm deep/f8 && mv deep/f9 deep/f-new');
    expect(await perform(activities.prepareVolume, input)).toEqual(endpoint);
    const result = await perform(activities.copyVolume, { ...input, pass: 'final', prepared: endpoint });
    expect(result).toMatchObject({ files: 2, source: result.target });
    expect(result.sentBytes).toBeLessThan(100_000);
    expect(await lab.onTarget('ls /volume/deep | wc -l')).toBe('200\n');
  });

  it('is not copied again by an activity that is repeated', async () => {
    const { activities, input, perform, source, namespace } = lab;
    const result = await perform(activities.copyVolume, { ...input, pass: 'final', prepared: endpoint });
    expect(result).toMatchObject({ files: 2 });
    expect((await helpersIn(source, namespace.source)).filter(({ kind }) => kind === 'Pod')).toHaveLength(2);
  });

  it('is not served without the key made for it', async () => {
    const answer = await new Promise<string>((resolve) => {
      const socket = connect({ ...endpoint, servername: 'space', rejectUnauthorized: false });
      let data = '';
      socket.on('data', (chunk) => {
        data += chunk;
      });
      socket.on('error', (error) => resolve(`error ${error.message}`));
      socket.on('close', () => resolve(data));
    });
    expect(answer).not.toContain('availableBytes');
    expect(answer).toMatch(/^(error|$)/);
  });

  it('leaves no helpers, and what they said stays with the migration', async () => {
    const { activities, input, perform, source, target, namespace, recorded } = lab;
    await perform(activities.removeVolumeHelpers, input);
    await Promise.all([noHelpers(source, namespace.source), noHelpers(target, namespace.target)]);
    expect(recorded.log.map(({ text }) => text).join('\n')).toContain('"outcome":"copied"');
  });
});

const noHelpers = async (client: ClusterClient, namespace: string): Promise<void> => {
  await expect.poll(() => helpersIn(client, namespace), { timeout: 20_000 }).toEqual([]);
};

describe.concurrent('a worker that goes and pods deleted in mid-copy', () => {
  let lab: TransferLab;

  beforeAll(async () => {
    lab = await transferLab({ settings: { rsync: { bandwidthLimitKiB: 12_000, extraOptions: [], backoffLimit: 5 } } });
    await lab.onSource('cd /data && for i in 1 2 3 4 5 6 7 8; do head -c 16000000 /dev/urandom > f$i; done');
  });
  afterAll(() => lab?.remove());

  it('leave a copy that continues where it stopped', async ({ expect }) => {
    const { activities, input, perform, source, target, namespace, recorded } = lab;
    await perform(activities.provisionTargetVolume, input);
    const endpoint = await perform(activities.prepareVolume, input);
    const worker = new MockActivityEnvironment();
    const begun = worker.run(activities.copyVolume, { ...input, pass: 'pre-copy' as const, prepared: endpoint });
    const share = (): number => {
      const { doneBytes = 0, totalBytes = 1 } = recorded.transfers.at(-1) ?? {};
      return doneBytes / totalBytes;
    };
    const removePods = async (client: ClusterClient, where: string, name: string): Promise<void> => {
      const { items } = await client.list(POD, { namespace: where });
      const pods = items.filter(({ metadata }) => metadata.name.startsWith(name));
      expect(pods).toHaveLength(1);
      await Promise.all(
        pods.map(({ metadata }) =>
          client.remove({ ...POD, namespace: where, name: metadata.name }, { gracePeriodSeconds: 0 }),
        ),
      );
    };
    await expect.poll(share, { timeout: 30_000 }).toBeGreaterThan(0.1);
    worker.cancel('WORKER_SHUTDOWN');
    await expect(begun).rejects.toThrow('WORKER_SHUTDOWN');
    expect(recorded.transfers.at(-1)).toMatchObject({ phase: 'Running' });

    const copying = perform(activities.copyVolume, { ...input, pass: 'pre-copy', prepared: endpoint });
    await expect.poll(share, { timeout: 30_000 }).toBeGreaterThan(0.3);
    expect(recorded.transfers.at(-1)).toMatchObject({ attempt: 1 });
    await removePods(source, namespace.source, 'mtc-rsync-client');
    await expect.poll(() => recorded.transfers.at(-1)?.attempt, { timeout: 30_000 }).toBe(2);
    await expect.poll(share, { timeout: 30_000 }).toBeGreaterThan(0.3);
    await removePods(target, namespace.target, 'mtc-rsync-server');
    const result = await copying;
    expect(result).toMatchObject({ attempts: 2, source: result.target });
    // Two interruptions: a file each, and a tenth.
    expect(result.sentBytes).toBeLessThan(128_000_000 * 1.1 + 2 * 16_000_000);
    expect(await lab.onTarget(manifest('/volume'))).toBe(await lab.onSource(manifest('/data')));
  });
});

describe.concurrent('a volume that does not fit', () => {
  let lab: TransferLab;

  beforeAll(async () => {
    lab = await transferLab({ storageClass: process.env.SMALL_STORAGE_CLASS ?? 'small' });
    await lab.onSource('head -c 230000000 /dev/urandom > /data/large');
  });
  afterAll(() => lab?.remove());

  it('fails within a minute and says how much is missing where', async () => {
    const began = Date.now();
    await expect(copy(lab, 'pre-copy')).rejects.toMatchObject({
      report: {
        type: 'VolumeFull',
        where: expect.stringContaining(`${lab.namespace.target}/data-moved`),
        why: expect.stringMatching(/still to come.*No space left/),
      },
    });
    expect(Date.now() - began).toBeLessThan(60_000);
    expect(lab.recorded.transfers.at(-1)).toMatchObject({ phase: 'Failed' });
  });
});

describe.concurrent('a claim of the target that others use', () => {
  let lab: TransferLab;

  beforeAll(async () => {
    lab = await transferLab();
    await lab.onSource('echo mine > /data/mine');
  });
  afterAll(() => lab?.remove());

  it('is not written to', async () => {
    const { activities, input, perform, target, namespace } = lab;
    await perform(activities.provisionTargetVolume, input);
    await target.create(application(namespace.target, 'data-moved'));
    await waitForObject(
      target,
      { ...POD, namespace: namespace.target, name: 'app' },
      ({ status }) => status?.phase === 'Running',
      { signal: AbortSignal.timeout(60_000) },
    );
    const inUse = { report: { type: 'TargetVolumeInUse', why: expect.stringContaining('app') } };
    await expect(perform(activities.provisionTargetVolume, input)).rejects.toMatchObject(inUse);
    const endpoint = await perform(activities.prepareVolume, input);
    await expect(perform(activities.copyVolume, { ...input, pass: 'final', prepared: endpoint })).rejects.toMatchObject(
      inUse,
    );
  });
});

describe('a namespace that admits restricted pods only', () => {
  const restricted = {
    runAsUser: 4321,
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
  let lab: TransferLab;

  beforeAll(async () => {
    lab = await transferLab({
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
      securityContext: restricted,
    });
    await lab.onSource('cd /data && mkdir d && chmod 700 d && echo x > d/x && chmod 400 d/x && ln d/x y');
  });
  afterAll(() => lab?.remove());

  it("is copied to and from as the application's user", async () => {
    const result = await copy(lab, 'final');
    expect(result).toMatchObject({ warnings: [], source: { files: 3 }, target: { files: 3 } });
    expect(await lab.onTarget(manifest('/volume'))).toBe(await lab.onSource(manifest('/data')));
    expect(await lab.onTarget('id -u')).toBe('4321\n');
    expect(await lab.onTarget('stat -c %u /volume/d/x')).toBe('4321\n');
  });

  it('does not pass over links that its server cannot copy as they are', async () => {
    await lab.onSource('ln -s /data/d /data/l');
    const { activities, input, perform } = lab;
    await perform(activities.removeVolumeHelpers, { ...input, between: true });
    const before = await copy(lab, 'pre-copy');
    expect(before.warnings).toEqual([expect.stringContaining('symbolic links lead elsewhere')]);
    await expect(copy(lab, 'final')).rejects.toMatchObject({
      report: { type: 'ContentDiffers', why: expect.stringContaining('symbolic links lead elsewhere') },
    });
    await lab.onSource('rm /data/l');
  });

  it('writes through no link that was uploaded', async () => {
    const afresh = () => lab.perform(lab.activities.removeVolumeHelpers, { ...lab.input, between: true });
    await lab.onSource('cd /data && mkdir inside && ln -s inside out');
    await afresh();
    await copy(lab, 'pre-copy');
    await lab.onSource('cd /data && rm out && mkdir out && echo x > out/through');
    // As whoever holds the keys may ask for it.
    await afresh();
    lab.record.settings.rsync.extraOptions.push('--keep-dirlinks');
    await expect(copy(lab, 'final')).rejects.toMatchObject({ report: { type: 'Refused' } });
    lab.record.settings.rsync.extraOptions.pop();
    expect(await lab.onTarget('ls /volume/inside')).toBe('');
  });
});

describe('a target that holds what the source does not have any more', () => {
  let lab: TransferLab;

  beforeAll(async () => {
    lab = await transferLab();
    await lab.onSource('echo x > /data/only-copy');
    await copy(lab, 'pre-copy');
  });
  afterAll(() => lab?.remove());

  it('is not emptied by an empty source, unless the operator says so', async () => {
    await lab.onSource('rm /data/only-copy');
    await lab.perform(lab.activities.removeVolumeHelpers, { ...lab.input, between: true });
    await expect(copy(lab, 'final')).rejects.toMatchObject({
      report: { type: 'ContentDiffers', what: expect.stringContaining('is empty, and the target holds 1 entries') },
    });
    expect(await lab.onTarget('cat /volume/only-copy')).toBe('x\n');
    await lab.perform(lab.activities.removeVolumeHelpers, lab.input);
    lab.volume.allowEmpty = true;
    expect(await copy(lab, 'final')).toMatchObject({ target: { files: 0 } });
  });

  it('is left as soon as another pod mounts it', async () => {
    const { target, namespace, volume } = lab;
    await lab.perform(lab.activities.removeVolumeHelpers, lab.input);
    lab.record.settings.rsync.bandwidthLimitKiB = 1_000;
    await lab.onSource('head -c 60000000 /dev/urandom > /data/large');
    const copying = copy(lab, 'final');
    copying.catch(() => undefined);
    await expect.poll(() => lab.recorded.transfers.at(-1)?.doneBytes ?? 0, { timeout: 60_000 }).toBeGreaterThan(0);
    await target.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'foreign', namespace: namespace.target },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'c', image: shellImage(), command: ['sleep', '600'] }],
        volumes: [{ name: 'v', persistentVolumeClaim: { claimName: volume.target.claim } }],
      },
    });
    await expect(copying).rejects.toMatchObject({
      report: { type: 'TargetVolumeInUse', why: expect.stringContaining('foreign') },
    });
    await target.remove({ ...POD, namespace: namespace.target, name: 'foreign' }, { gracePeriodSeconds: 0 });
    await Promise.all([noHelpers(lab.source, namespace.source), noHelpers(target, namespace.target)]);
  });
});

describe.concurrent('an image that can never be had', () => {
  let lab: TransferLab;

  beforeAll(async () => {
    lab = await transferLab({ settings: { transferImage: 'registry.example/NO-SUCH-NAME:1' } });
  });
  afterAll(() => lab?.remove());

  it('is named with what the node said', async () => {
    await expect(copy(lab, 'pre-copy')).rejects.toMatchObject({
      report: { type: 'PodStuck', why: expect.stringContaining('NO-SUCH-NAME') },
    });
  });
});

import { APPLICATION } from './application.js';
import type { Kubectl } from './kubectl.js';
import { readVolume } from './volume-reader.js';

/** One thing the demo checks at its end. */
export interface Finding {
  what: string;
  ok: boolean;
  seen: string;
}

const CHECKSUMS = 'cd /volume && find . -type f | sort | xargs sha256sum';

/** Compares both sides after the cutover: rows, files, who runs, what was left behind. */
export async function compareSides(
  source: Kubectl,
  target: Kubectl,
  { image, acknowledged, helperUids }: { image: string; acknowledged: number; helperUids: string[] },
): Promise<Finding[]> {
  const [rows, media, running, leftovers] = await Promise.all([
    compareLedger(source, target, image, acknowledged),
    compareMedia(source, target, image),
    compareRunning(source, target),
    findHelpers([source, target], helperUids),
  ]);
  return [rows, media, running, leftovers];
}

/** The target continues to write: what the source held must be the beginning of what the target holds, row by row. */
async function compareLedger(source: Kubectl, target: Kubectl, image: string, acknowledged: number): Promise<Finding> {
  const claim = { namespace: APPLICATION, claim: 'data-ledger-0', image };
  const before = await readVolume(source, claim, 'wc -l </volume/ledger; sha256sum </volume/ledger');
  const [lines, checksum] = before.split('\n');
  const after = await target.run([
    ...['-n', APPLICATION, 'exec', 'ledger-0', '--', 'sh', '-c'],
    `head -n ${Number(lines)} /data/ledger | sha256sum; awk '$1 != NR {print "gap at row " NR; exit}' /data/ledger`,
  ]);
  const [copied, gap] = after.split('\n');
  const ok = checksum === copied && gap === undefined && Number(lines) >= acknowledged;
  return {
    what: 'Every acknowledged row is on the target, in order',
    ok,
    seen: `${acknowledged} acknowledged, ${Number(lines)} on the source, the same on the target: ${checksum === copied}${gap ? `, ${gap}` : ''}`,
  };
}

async function compareMedia(source: Kubectl, target: Kubectl, image: string): Promise<Finding> {
  const claim = { namespace: APPLICATION, claim: 'media', image };
  const [before, after] = await Promise.all([
    readVolume(source, claim, CHECKSUMS),
    readVolume(target, claim, CHECKSUMS),
  ]);
  return {
    what: 'File checksums are equal',
    ok: before === after && before !== '',
    seen: `${before.split('\n').length} files on the source, ${after.split('\n').length} on the target`,
  };
}

interface Scale {
  items: { kind: string; metadata: { name: string }; spec: { replicas: number }; status: { readyReplicas?: number } }[];
}

async function compareRunning(source: Kubectl, target: Kubectl): Promise<Finding> {
  const scale = (cluster: Kubectl): Promise<Scale> => cluster.get<Scale>('deployments,statefulsets', '-n', APPLICATION);
  const [before, after] = await Promise.all([scale(source), scale(target)]);
  const down = before.items.every((item) => item.spec.replicas === 0);
  const up =
    after.items.length === before.items.length && after.items.every((item) => (item.status.readyReplicas ?? 0) > 0);
  const list = (items: Scale['items']): string =>
    items.map((item) => `${item.metadata.name}=${item.spec.replicas}`).join(' ');
  return {
    what: 'The source is scaled to zero, the target runs',
    ok: down && up,
    seen: `source ${list(before.items)}; target ${list(after.items)}`,
  };
}

const HELPER_KINDS = 'pods,services,secrets,configmaps,jobs,networkpolicies,persistentvolumeclaims';

async function findHelpers(clusters: Kubectl[], uids: string[]): Promise<Finding> {
  const found = await Promise.all(
    clusters.map((cluster) =>
      cluster.run([
        'get',
        HELPER_KINDS,
        '-A',
        '-l',
        `migration.openshift.io/helper in (${uids.join(',')})`,
        '-o',
        'name',
      ]),
    ),
  );
  const names = found.filter((text) => text !== '').join(' ');
  return { what: 'No helper of ours is left in either cluster', ok: names === '', seen: names === '' ? 'none' : names };
}

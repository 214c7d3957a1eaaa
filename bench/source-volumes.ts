import type { Kubectl } from '../lab/client/kubectl.js';

/** The pod of the application that has the volumes mounted, each at /volumes/<claim>. */
const OWNER = 'owner';

/** A namespace with bound claims of 1 GiB each, and a running pod that has them mounted. */
export async function makeVolumes(
  cluster: Kubectl,
  { namespace, claims, image }: { namespace: string; claims: string[]; image: string },
): Promise<void> {
  await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }));
  await cluster.run(['-n', namespace, 'wait', '--for=create', 'serviceaccount/default', '--timeout=60s']);
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: OWNER, namespace },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: OWNER,
          image,
          command: ['sleep', 'infinity'],
          volumeMounts: claims.map((name) => ({ name, mountPath: `/volumes/${name}` })),
        },
      ],
      volumes: claims.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
    },
  };
  const items = [...claims.map((name) => emptyClaim(namespace, name)), pod];
  await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await cluster.run(['-n', namespace, 'wait', `pod/${OWNER}`, '--for=condition=Ready', '--timeout=120s']);
}

export const emptyClaim = (namespace: string, name: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
});

/** Runs a shell script in the pod that has the volumes mounted. */
export const inOwner = (cluster: Kubectl, namespace: string, script: string): Promise<string> =>
  cluster.run(['-n', namespace, 'exec', OWNER, '--', 'sh', '-c', script]);

/** Scripts that fill a volume mounted at `folder`. */
export const oneFile = (folder: string, mebibytes: number): string =>
  `dd if=/dev/urandom of=${folder}/file bs=1M count=${mebibytes} 2>/dev/null`;

const FOLDERS = 50;
const FILES = 1_000;

/** 50 folders of 1,000 files of 4 KiB each: by one awk, since a process per file would take minutes. */
export const manyFiles = (folder: string): string => `
cd ${folder} && mkdir $(seq 1 ${FOLDERS}) &&
head -c 6000 /dev/urandom | base64 | tr -d '\\n' | awk '{
  for (d = 1; d <= ${FOLDERS}; d++) for (f = 1; f <= ${FILES}; f++) {
    file = d "/" f
    printf "%-96s%s", file, substr($0, 1 + int(rand() * 4000), 4000) >file
    close(file)
  }
}'`;

/** Rewrites one file of each folder: 0.1 % of the files, different ones in each round from 1 to 1,000. */
export const changeSome = (folder: string, round: number): string =>
  `for d in $(seq 1 ${FOLDERS}); do head -c 4096 /dev/urandom >${folder}/$d/${round}; done`;

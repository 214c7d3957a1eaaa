import type { Kubectl } from '../lab/demo/kubectl.js';

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
  `head -c ${mebibytes}M /dev/urandom >${folder}/file`;

const FOLDERS = 50;

/** 50 folders of 1,000 files of 4 KiB each. */
export const manyFiles = (folder: string): string =>
  `for d in $(seq ${FOLDERS}); do mkdir ${folder}/$d && cd ${folder}/$d && head -c 4096000 /dev/urandom | split -b 4096 -a 3 - f; done`;

/** Writes one file of each folder anew: 0.1 % of the files, other ones in each round. */
export const changeSome = (folder: string, round: number): string => {
  // split names its files faaa, faab, …
  const name = `fa${'abcdefghijklmnopqrstuvwxyz'[round % 26]}a`;
  return `for d in $(seq ${FOLDERS}); do head -c 4096 /dev/urandom >${folder}/$d/${name}; done`;
};

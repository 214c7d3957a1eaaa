import type { Kubectl } from './kubectl.js';

/** Runs a shell script in a pod that mounts a claim read-only at /volume, and returns what it printed. */
export async function readVolume(
  cluster: Kubectl,
  { namespace, claim, image }: { namespace: string; claim: string; image: string },
  script: string,
): Promise<string> {
  const name = `demo-reader-${claim}`;
  await cluster.apply(
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace },
      spec: {
        restartPolicy: 'Never',
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'reader',
            image,
            command: ['sh', '-c', script],
            volumeMounts: [{ name: 'volume', mountPath: '/volume', readOnly: true }],
          },
        ],
        volumes: [{ name: 'volume', persistentVolumeClaim: { claimName: claim } }],
      },
    }),
  );
  try {
    await cluster.run([
      '-n',
      namespace,
      'wait',
      `pod/${name}`,
      '--for=jsonpath={.status.phase}=Succeeded',
      '--timeout=90s',
    ]);
    return await cluster.run(['-n', namespace, 'logs', name]);
  } finally {
    await cluster.run(['-n', namespace, 'delete', 'pod', name, '--grace-period=0', '--force', '--ignore-not-found']);
  }
}

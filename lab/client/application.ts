import type { Kubectl } from './kubectl.js';
import { manifest } from './manifest.js';

export const APPLICATION = 'shop';

/** Deploys the sample application and waits until its ledger acknowledges rows and its media are written. */
export async function deployApplication(source: Kubectl, sampleAppImage: string): Promise<void> {
  await source.apply(await manifest('application', { SAMPLE_APP_IMAGE: sampleAppImage }));
  await source.run(['-n', APPLICATION, 'rollout', 'status', 'statefulset/ledger', '--timeout=120s']);
  await source.run(['-n', APPLICATION, 'rollout', 'status', 'deployment/catalog', '--timeout=120s']);
}

/** Removes the application wherever an earlier demo left it. */
export async function removeApplication(...clusters: Kubectl[]): Promise<void> {
  await Promise.all(
    clusters.map((cluster) =>
      cluster.run(['delete', 'namespace', APPLICATION, '--ignore-not-found', '--timeout=120s']),
    ),
  );
}

import { labValues } from '../../../lab/client/lab-values.js';
import { up } from '../../../lab/up.js';

/** Before the end-to-end tests: two clusters by the environment (kind, OpenShift …), else those of the lab, which is brought up. */
export default async function setup(): Promise<void> {
  if (process.env.SOURCE_KUBECONFIG !== undefined && process.env.TARGET_KUBECONFIG !== undefined) return;
  await up();
  Object.assign(process.env, await labValues());
}

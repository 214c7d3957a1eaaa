import path from 'node:path';
import { stringify } from 'yaml';
import { MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import { writePrivate } from './private-files.js';

/** What a client needs besides the address. */
interface Trust {
  /** PEM certificate of the authority. */
  ca: string;
  token: string;
}

const NAME = 'migration-toolkit';

const kubeconfig = (server: string, { ca, token }: Trust) => ({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: NAME, cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
  users: [{ name: NAME, user: { token } }],
  contexts: [{ name: NAME, context: { cluster: NAME, user: NAME, namespace: MIGRATION_NAMESPACE } }],
  'current-context': NAME,
});

/** Writes `<folder>/kubeconfig` for the server at the URL, and returns its path. */
export async function writeKubeconfig(folder: string, server: string, identity: Trust): Promise<string> {
  const file = path.join(folder, 'kubeconfig');
  await writePrivate(file, stringify(kubeconfig(server, identity), { lineWidth: 0 }));
  return file;
}

import { parse } from 'yaml';
import { z } from 'zod';
import { type ClusterAccess, InvalidClusterAccess } from './cluster-access.js';

const named = <Name extends string, Body extends z.ZodType>(name: Name, body: Body) =>
  z.array(z.object({ name: z.string(), [name]: body } as { name: z.ZodString } & Record<Name, Body>)).default([]);

const kubeconfig = z.object({
  clusters: named(
    'cluster',
    z.looseObject({
      server: z.string(),
      'certificate-authority-data': z.string().optional(),
      'insecure-skip-tls-verify': z.boolean().optional(),
    }),
  ),
  users: named(
    'user',
    z.looseObject({
      token: z.string().optional(),
      'client-certificate-data': z.string().optional(),
      'client-key-data': z.string().optional(),
    }),
  ),
  contexts: named('context', z.object({ cluster: z.string(), user: z.string() })),
  'current-context': z.string().optional(),
});

const READS_FILES = 'names a file, which this service would read from its own disk';
const NOT_SUPPORTED = 'is not supported';

/** What would run programs, read files or change who is speaking. */
const REFUSED: Record<'clusters' | 'users', Record<string, string>> = {
  clusters: {
    'certificate-authority': READS_FILES,
    'proxy-url': NOT_SUPPORTED,
    'tls-server-name': NOT_SUPPORTED,
  },
  users: {
    exec: 'would run a program on the machine of this service',
    'auth-provider': 'would run a plug-in of this service',
    tokenFile: READS_FILES,
    'client-certificate': READS_FILES,
    'client-key': READS_FILES,
    username: 'asks for basic authentication, which API servers no longer have',
    password: 'asks for basic authentication, which API servers no longer have',
    as: NOT_SUPPORTED,
    'as-uid': NOT_SUPPORTED,
    'as-groups': NOT_SUPPORTED,
    'as-user-extra': NOT_SUPPORTED,
  },
};

/**
 * Reads a kubeconfig that came from outside: only inline tokens and client certificates are taken.
 *
 * @param text YAML or JSON
 * @param options name for the cluster in messages; the context, if it is not the current one
 * @throws InvalidClusterAccess naming the field
 */
export function parseKubeconfig(text: string, options: { name: string; context?: string }): ClusterAccess {
  const config = parseShape(text);
  const contextName = options.context ?? config['current-context'];
  if (!contextName) {
    throw new InvalidClusterAccess('current-context', 'The kubeconfig has no current-context and none was chosen.');
  }
  const { context } = find(config.contexts, 'contexts', contextName);
  const { cluster } = find(config.clusters, 'clusters', context.cluster);
  const { user } = find(config.users, 'users', context.user);
  refuse('clusters', context.cluster, cluster);
  refuse('users', context.user, user);

  const certificate = user['client-certificate-data'];
  const key = user['client-key-data'];
  if (!user.token && !(certificate && key)) {
    throw new InvalidClusterAccess(
      `users[${context.user}].user`,
      `users[${context.user}].user of the kubeconfig has neither token nor client-certificate-data with client-key-data.`,
    );
  }
  return {
    name: options.name,
    server: cluster.server,
    caBundle: cluster['certificate-authority-data'],
    insecure: cluster['insecure-skip-tls-verify'],
    token: user.token,
    clientCert: certificate && key ? { cert: fromBase64(certificate), key: fromBase64(key) } : undefined,
  };
}

function parseShape(text: string): z.infer<typeof kubeconfig> {
  let content: unknown;
  try {
    content = parse(text);
  } catch {
    // The parser's message quotes the text, which holds secrets.
    throw new InvalidClusterAccess('kubeconfig', 'The kubeconfig is not valid YAML.');
  }
  const result = kubeconfig.safeParse(content);
  if (!result.success) {
    const [issue] = result.error.issues;
    const field = issue?.path.join('.') || 'kubeconfig';
    throw new InvalidClusterAccess(field, `${field} of the kubeconfig: ${issue?.message}.`);
  }
  return result.data;
}

function find<Entry extends { name: string }>(entries: Entry[], list: string, name: string): Entry {
  const found = entries.find((entry) => entry.name === name);
  if (!found) {
    throw new InvalidClusterAccess(list, `${list} of the kubeconfig has no entry "${name}".`);
  }
  return found;
}

function refuse(list: keyof typeof REFUSED, name: string, body: Record<string, unknown>): void {
  for (const [field, reason] of Object.entries(REFUSED[list])) {
    if (body[field] !== undefined) {
      const path = `${list}[${name}].${list.slice(0, -1)}.${field}`;
      throw new InvalidClusterAccess(
        path,
        `${path} of the kubeconfig ${reason}. Use an inline token or client certificate and inline CA data.`,
      );
    }
  }
}

const fromBase64 = (data: string): string => Buffer.from(data, 'base64').toString('utf8');

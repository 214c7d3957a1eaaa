import { TEMPORAL_VARIABLES } from './temporal-variables.js';
import * as values from './values.js';
import { type Variable, variable } from './variable.js';

const EVERY = ['api', 'worker', 'all-in-one'] as const;
const SERVES_API = ['api', 'all-in-one'] as const;
const RUNS_WORKER = ['worker', 'all-in-one'] as const;

/** Every environment variable the product reads; docs/configuration.md is made from it (`npm run docs`). */
export const VARIABLES = {
  MTC_ENCRYPTION_KEY: variable({
    group: 'service',
    meaning:
      'Encrypts values of Secrets and playbooks of hooks in the database: 32 random bytes in base64. Earlier keys may follow, separated by commas: they decrypt what they encrypted. The same for every process.',
    schema: values.encryptionKeys,
    otherwise: '`npm start` makes one in `MTC_HOME`',
    processes: EVERY,
    required: ['api', 'worker'],
    secret: true,
    remedy: 'Set it to the output of: openssl rand -base64 32',
  }),
  MTC_HOME: variable({
    group: 'service',
    meaning:
      'Folder of the tokens, the certificates of the API and the kubeconfig that is written at start; for `npm start` also of the data of Postgres and Temporal. Replicas of the API share it, or have the same token file and authority in theirs.',
    schema: values.folder,
    default: '.mtc',
    processes: SERVES_API,
    remedy: 'Set it to a folder that this process may write to.',
  }),
  MTC_LISTEN: variable({
    group: 'service',
    meaning: 'Address the API listens on.',
    schema: values.listenAddress,
    default: '127.0.0.1',
    processes: SERVES_API,
    remedy:
      'Set it to an address of this machine, as 127.0.0.1, or to 0.0.0.0 for all of them; the port is in MTC_PORT.',
  }),
  MTC_PORT: variable({
    group: 'service',
    meaning: 'Port the API listens on; 0 takes a free one.',
    schema: values.listenPort,
    default: '8443',
    processes: SERVES_API,
    remedy: 'Set it to a whole number from 0 to 65535.',
  }),
  MTC_SERVER_NAMES: variable({
    group: 'service',
    meaning:
      'Host names and addresses that the certificate of the API names besides `localhost`, `127.0.0.1` and `::1`, separated by commas: those under which clients reach it.',
    schema: values.hosts,
    processes: SERVES_API,
    otherwise: 'none',
    remedy: 'Write host names or IP addresses without scheme and port, as mtc.example.com.',
  }),
  MTC_DRAIN_SECONDS: variable({
    group: 'service',
    meaning:
      'How long work under way may take to end after SIGTERM or SIGINT. Activities that have not ended by then are cancelled and taken over by another worker; a process that has not stopped five seconds later says so and ends with exit code 1. A second signal ends it at once. In Kubernetes `terminationGracePeriodSeconds` has to be at least ten seconds longer.',
    schema: values.seconds(3_600),
    default: '5',
    processes: EVERY,
    remedy: 'Set it to a whole number of seconds from 0 to 3600.',
  }),
  MTC_WORKER_VERSIONING: variable({
    group: 'service',
    meaning:
      'Whether the worker has a version in Temporal, so that a run ends on the build that began it: `on` (a build not seen before takes over new runs), `manual` (it takes over when it is promoted: `npm run worker-builds`) or `off`. See docs/releasing.md.',
    schema: values.oneOf('on', 'manual', 'off'),
    otherwise: '`npm run worker`: `on`; `npm start`: `off`, since its next build takes open runs along',
    processes: RUNS_WORKER,
    remedy: 'Set it to on, manual or off.',
  }),
  MTC_BUILD_ID: variable({
    group: 'service',
    meaning: 'Name of this build of the worker in Temporal. The same for all replicas of a build.',
    schema: values.buildId,
    otherwise: 'the version with a hash of the sources',
    processes: RUNS_WORKER,
    remedy: 'Set it to at most 100 letters, digits, dots, dashes and underscores, or unset it.',
  }),
  MTC_WORKER_METRICS: variable({
    group: 'service',
    meaning:
      'Address at which the worker has metrics for Prometheus, at `/metrics`, without a token and without TLS: those of the Temporal SDK and of the migrations. They tell numbers and no names. See docs/running.md.',
    schema: values.hostAndPort,
    otherwise: 'the worker has none',
    processes: RUNS_WORKER,
    remedy: 'Set it to host:port, as 127.0.0.1:9464, or unset it.',
  }),
  MTC_TRANSFER_IMAGE: variable({
    group: 'service',
    meaning:
      'Image of the transfer pods, from `images/transfer/Containerfile`; the setting `rsync_transfer_image_fqin` wins. Both clusters must be able to pull it.',
    schema: values.image,
    otherwise: 'volumes cannot be copied unless the setting names one',
    processes: RUNS_WORKER,
    remedy: 'Set it to the reference of an image, as registry.example.com/transfer:1.',
  }),
  MTC_HOOK_RUNNER_IMAGE: variable({
    group: 'service',
    meaning:
      'Image in which playbooks of hooks run, from `images/hook-runner/Containerfile`; the setting `hook_runner_image_fqin` wins, `image` of a MigHook wins over both. The cluster a hook runs in must be able to pull it.',
    schema: values.image,
    otherwise: 'plans whose hooks need it are not Ready',
    processes: RUNS_WORKER,
    remedy: 'Set it to the reference of an image, as registry.example.com/hook-runner:1.',
  }),
  MTC_HOST_KUBECONFIG: variable({
    group: 'service',
    meaning:
      'Kubeconfig file of the cluster that `isHostCluster: true` means, when the service runs outside a cluster; it holds a token or a certificate itself. Read again at each connection.',
    schema: values.file,
    otherwise: 'the cluster the service runs in, if any',
    processes: RUNS_WORKER,
    remedy: 'Set it to a kubeconfig file that this process may read, or unset it.',
  }),
  MTC_LOOPBACK_ADDRESSES: variable({
    group: 'service',
    meaning:
      'Whether MigClusters and MigStorages may name addresses of the machine the service runs on (127.0.0.0/8, ::1): `allow`, as a local lab or kind needs it, or `refuse`, so that services of that machine cannot be reached through them. Judged by the address that a host name has when a connection is made. Link-local addresses (169.254.0.0/16, fe80::/10) and those of the metadata services of clouds (169.254.169.254, fd00:ec2::254 and others) are always refused; private networks are always allowed, since most API servers are in one. The host cluster is the choice of who runs the service and is not judged.',
    schema: values.oneOf('allow', 'refuse'),
    otherwise: '`allow`; `refuse` where the service runs in a cluster',
    processes: RUNS_WORKER,
    remedy: 'Set it to allow or refuse.',
  }),
  DATABASE_URL: variable({
    group: 'database',
    meaning:
      'The Postgres database: `postgres://user:password@host:port/database?sslmode=…`. Its schema is brought up to date at start, under a lock. For TLS see below.',
    schema: values.text,
    otherwise: '`npm start` starts a Postgres server of its own',
    processes: EVERY,
    required: ['api', 'worker'],
    secret: true,
    remedy: 'Set it to postgres://user:password@host:port/database',
  }),
  ...TEMPORAL_VARIABLES,
  KUBERNETES_SERVICE_HOST: variable({
    group: 'kubernetes',
    meaning: 'API server of the cluster the worker runs in: the host cluster.',
    schema: values.listenAddress,
    otherwise: 'the worker does not run in a cluster',
    processes: RUNS_WORKER,
    remedy: 'Kubernetes sets it in every container: remove it from the environment of the pod.',
  }),
  KUBERNETES_SERVICE_PORT: variable({
    group: 'kubernetes',
    meaning: 'Port of that API server.',
    schema: values.port,
    default: '443',
    processes: RUNS_WORKER,
    remedy: 'Kubernetes sets it in every container: remove it from the environment of the pod.',
  }),
} as const;

export type VariableName = keyof typeof VARIABLES;

/** What each variable holds once read; undefined where it is not set and has no default. */
export type Values = {
  [Name in VariableName]?: (typeof VARIABLES)[Name] extends Variable<infer Value> ? Value : never;
};

export const isKnown = (name: string): name is VariableName => Object.hasOwn(VARIABLES, name);

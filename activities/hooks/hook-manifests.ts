import { decodePlaybook } from '../../resources/kinds/playbook.js';
import type { KubeObject, ObjectMeta } from '../../resources/meta/kube-object.js';
import { LABELS, NO_SIDECARS, PART_OF } from '../../resources/meta/labels.js';
import type { RunHook, RunRecord } from '../../resources/run/run-record.js';
import { withContentHash } from '../kit/create-own.js';
import { type HookRun, hookLabels } from './hook-run.js';

/** Tries after the first one, as in MTC. */
const RETRIES = 6;
/** For a hook that is stopped: short, since the source waits to be started again. */
const GRACE_SECONDS = 5;
export const HOOK_CONTAINER = 'hook';

const FOLDER = '/tmp/playbook';
const FILE = 'playbook.yml';
/** What MTC's hook image is started with; ansible-runner versions 1 and 2 accept it in this order. */
const RUN_PLAYBOOK = ['/bin/entrypoint', 'ansible-runner', 'run', '/tmp/runner', '-p', `${FOLDER}/${FILE}`];

type Hook = Pick<HookRun, 'run' | 'record' | 'hook' | 'name'>;

/** The playbook as the hook's pod reads it; undefined for a custom hook. */
export function hookConfigMap(hookRun: Hook): KubeObject | undefined {
  const { playbook } = hookRun.hook;
  if (!playbook) return undefined;
  const data = { [FILE]: decodePlaybook(playbook) ?? '' };
  return withContentHash({ apiVersion: 'v1', kind: 'ConfigMap', metadata: metadataOf(hookRun), data });
}

/** @param tolerations of the applications of the namespace: where they may run, the hook may */
export function hookJob(hookRun: Hook, tolerations: readonly object[] = []): KubeObject {
  // The applications' tolerations may have changed between two tries; the rest is the record's.
  return withContentHash(jobOf(hookRun, tolerations), jobOf(hookRun, []).spec);
}

function jobOf(hookRun: Hook, tolerations: readonly object[]): KubeObject {
  const { hook, name } = hookRun;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadataOf(hookRun),
    spec: {
      completions: 1,
      parallelism: 1,
      backoffLimit: RETRIES,
      // Of the Job, not of its pods: a pod that exceeds its own deadline would be tried again.
      activeDeadlineSeconds: hook.activeDeadlineSeconds,
      template: {
        metadata: {
          labels: { ...metadataOf(hookRun).labels, ...NO_SIDECARS.labels },
          annotations: NO_SIDECARS.annotations,
        },
        spec: {
          // Each try is a pod of its own, whose log can be kept.
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: GRACE_SECONDS,
          serviceAccountName: hook.serviceAccount,
          ...(tolerations.length > 0 && { tolerations }),
          ...(hook.playbook
            ? {
                securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
                volumes: [{ name: 'playbook', configMap: { name } }],
              }
            : {}),
          containers: [containerOf(hookRun)],
        },
      },
    },
  };
}

function containerOf({ record, hook }: Hook): Record<string, unknown> {
  const base = { name: HOOK_CONTAINER, image: hook.image, env: environmentOf(record, hook) };
  if (!hook.playbook) return base;
  return {
    ...base,
    command: RUN_PLAYBOOK,
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    volumeMounts: [{ name: 'playbook', mountPath: FOLDER, readOnly: true }],
  };
}

/** The namespaces by the names they have in the cluster the hook runs in. */
const environmentOf = ({ plan, namespaces }: RunRecord, { cluster }: RunHook): { name: string; value: string }[] => [
  { name: 'MIGRATION_NAMESPACES', value: namespaces.map((mapping) => mapping[cluster]).join(',') },
  { name: 'MIGRATION_PLAN_NAME', value: plan.name },
];

const metadataOf = (hookRun: Hook): ObjectMeta => ({
  name: hookRun.name,
  namespace: hookRun.hook.executionNamespace,
  labels: { ...hookLabels(hookRun), [LABELS.partOf]: PART_OF },
});

import type { KubeObject } from '../../resources/meta/kube-object.js';
import { POD, referenceOf } from '../../resources/meta/kube-object.js';
import { foreignContainersRun } from '../../resources/workloads/foreign-containers.js';
import { controllerOf, isFinishedPod } from '../../resources/workloads/ownership.js';
import { troubleOf } from '../../resources/workloads/pod-trouble.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { keepPodEvidenceOnce } from '../kit/pod-evidence.js';
import type { Pulse } from '../kit/pulse.js';
import { StartPatience } from '../kit/start-patience.js';
import { HOOK_CONTAINER } from './hook-manifests.js';
import { type HookRun, hookSelector } from './hook-run.js';
import type { JobEnd } from './job-end.js';
import { LogTail } from './log-tail.js';

/** The image wants to run as root, which a playbook's pod does not. */
const UNRECOVERABLE = ['CreateContainerConfigError'];
/** A node that does not answer must not hold up the end of a hook. */
const LOG_PATIENCE_MS = 5_000;

interface Try {
  pod: KubeObject;
  tail?: LogTail;
  kept?: true;
}

/** The pods of a hook's Job, one for each try, with what is kept of them. */
export class HookTries {
  private readonly tries = new Map<string, Try>();
  private readonly patience: StartPatience;
  /** A container that is not ours runs on after the hook has succeeded. */
  private outlived = false;

  constructor(
    private readonly deps: ActivityDependencies,
    private readonly hookRun: HookRun,
    private readonly job: KubeObject,
    private readonly pulse: Pulse,
  ) {
    this.patience = new StartPatience(hookRun.client, hookRun.record.settings.patience.pod, UNRECOVERABLE);
  }

  /**
   * Follows the pods until the signal aborts.
   *
   * @returns when a try has succeeded and a container that is not ours keeps its pod, and with it the Job, from ending
   * @throws StepFailure PodStuck when one cannot start, or the Job makes none
   */
  async follow(signal: AbortSignal): Promise<JobEnd> {
    const { client, hook } = this.hookRun;
    try {
      const watch = client.watch(POD, {
        namespace: hook.executionNamespace,
        labelSelector: hookSelector(this.hookRun),
        signal: AbortSignal.any([signal, this.patience.signal]),
      });
      this.pulse.about(client, this.job);
      for await (const event of watch) {
        if (event.type === 'SYNCED') await this.synchronize(event.objects);
        else await this.see(event.object, event.type === 'DELETED');
        if (this.tries.size === 0) this.patience.waiting(this.job);
        if (this.outlived) return { outcome: 'succeeded' };
      }
    } finally {
      this.patience.stop();
    }
    throw new Error('unreachable: a watch has no end');
  }

  /** Keeps what is still to be kept, once the Job has ended. */
  async keepAll(): Promise<void> {
    const { client, hook } = this.hookRun;
    const { items } = await client.list(POD, {
      namespace: hook.executionNamespace,
      labelSelector: hookSelector(this.hookRun),
      signal: this.pulse.signal,
    });
    for (const pod of items.filter((item) => this.isOurs(item))) this.note(pod);
    for (const one of this.tries.values()) await this.keep(one);
  }

  /**
   * How the last try ended, and where its log is kept; undefined when there was none. Not what it wrote: tools print their arguments
   * when they fail, and a failure's text is read in conditions, Events and Temporal by many who may not read the log.
   */
  lastWords(): string | undefined {
    const last = [...this.tries.values()].sort((one, other) => startOf(one).localeCompare(startOf(other))).at(-1);
    if (!last) return undefined;
    const state = troubleOf(last.pod) ?? `Pod ${last.pod.metadata.name}: phase ${last.pod.status?.phase ?? 'unknown'}`;
    const { kind, namespace, name } = this.hookRun.run;
    return `${state}. Its log is kept with ${kind} ${namespace}/${name}, in the subresource log.`;
  }

  private async synchronize(pods: readonly KubeObject[]): Promise<void> {
    for (const pod of pods) await this.see(pod, false);
    const present = new Set(pods.map(({ metadata }) => metadata.uid));
    // While the watch was away.
    const gone = [...this.tries.values()].filter(({ pod }) => !present.has(pod.metadata.uid));
    for (const { pod } of gone) await this.see(pod, true);
  }

  private async see(pod: KubeObject, gone: boolean): Promise<void> {
    if (!this.isOurs(pod)) return;
    const one = this.note(pod);
    const ended = gone || isFinishedPod(pod);
    this.pulse.about(this.hookRun.client, ended ? this.job : pod);
    const { running, terminated } = containerState(pod);
    if (running || terminated || ended) {
      this.patience.stop();
      const { name, namespace = '' } = pod.metadata;
      if (!ended) {
        const { client } = this.hookRun;
        one.tail ??= new LogTail(client, { namespace, name, container: HOOK_CONTAINER }, this.pulse.signal);
      }
      this.pulse.observe(`Try ${this.tries.size}: ${troubleOf(pod) ?? `pod ${name} is ${pod.status?.phase}`}.`);
    } else {
      this.patience.waiting(pod);
      this.pulse.observe(troubleOf(pod) ?? `Pod ${pod.metadata.name} starts.`);
    }
    if (ended) await this.keep(one);
    else if (terminated && foreignContainersRun(pod, HOOK_CONTAINER))
      await this.endedAlone(one, terminated.exitCode === 0);
  }

  /** What a mesh or an agent has put beside the hook would keep the pod running until the Job's deadline. */
  private async endedAlone(one: Try, succeeded: boolean): Promise<void> {
    await this.keep(one);
    this.outlived ||= succeeded;
    // Its Job tries again, once the pod is gone.
    if (!succeeded) {
      const { uid } = one.pod.metadata;
      await this.hookRun.client.remove(referenceOf(one.pod), { uid, signal: this.pulse.signal });
    }
  }

  private note(pod: KubeObject): Try {
    const uid = pod.metadata.uid ?? '';
    const one = this.tries.get(uid) ?? { pod };
    one.pod = pod;
    this.tries.set(uid, one);
    return one;
  }

  private async keep(one: Try): Promise<void> {
    if (one.kept) return;
    one.kept = true;
    const { run, client } = this.hookRun;
    const { signal } = this.pulse;
    if (one.tail) await Promise.race([one.tail.ended, timeout(LOG_PATIENCE_MS)]);
    const tails = { [HOOK_CONTAINER]: one.tail?.lines ?? [] };
    await keepPodEvidenceOnce(this.deps, run, client, one.pod, signal, tails);
  }

  private isOurs = (pod: KubeObject): boolean => controllerOf(pod)?.uid === this.job.metadata.uid;
}

const startOf = ({ pod }: Try): string => pod.metadata.creationTimestamp ?? '';

interface ContainerState {
  running?: object;
  terminated?: { exitCode?: number };
}

const containerState = ({ status }: KubeObject): ContainerState =>
  status?.containerStatuses?.find(({ name }: { name: string }) => name === HOOK_CONTAINER)?.state ?? {};

const timeout = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds).unref());

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Follows what the sample application acknowledged, pod after pod, so that a lost row would be noticed. */
export class LedgerFollower {
  /** Highest row number acknowledged so far. */
  acknowledged = 0;
  private child?: ChildProcess;
  private stopping = false;

  constructor(
    private readonly kubectl: string,
    private readonly kubeconfig: string,
    private readonly pod: { namespace: string; name: string },
  ) {}

  start(): void {
    const { namespace, name } = this.pod;
    const args = ['--kubeconfig', this.kubeconfig, '-n', namespace, 'logs', '-f', name];
    this.child = spawn(this.kubectl, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    if (this.child.stdout !== null) {
      createInterface({ input: this.child.stdout }).on('line', (line) => {
        const number = Number(/^ack (\d+)/.exec(line)?.[1] ?? 0);
        if (number > this.acknowledged) this.acknowledged = number;
      });
    }
    // The log ends when the connection or the pod does; while we follow, it is taken up again.
    this.child.once('close', () => {
      if (!this.stopping) setTimeout(() => this.stopping || this.start(), 500);
    });
  }

  stop(): void {
    this.stopping = true;
    this.child?.kill('SIGKILL');
  }
}

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type Outcome =
  | { result: unknown }
  /** Stack of the error it ended with. */
  | { failure: string }
  /** It was killed before it could say how it ended. */
  | { killed: true };

const PROGRAM = fileURLToPath(new URL('./runner.ts', import.meta.url));

/** A process of its own that performs activities; see runner.ts. */
export class ActivityRunner {
  private constructor(private readonly child: ChildProcess) {}

  /** Resolves when it is connected to the store. */
  static async start(environment: Record<string, string>): Promise<ActivityRunner> {
    const child = fork(PROGRAM, { env: { ...process.env, ...environment }, execArgv: [], silent: true });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text) => (said = `${said}${text}`.slice(-4_000)));
    const ready = once(child, 'message');
    const ended = once(child, 'exit').then(() => Promise.reject(new Error(`The runner of activities ended: ${said}`)));
    await Promise.race([ready, ended]);
    ended.catch(() => undefined);
    return new ActivityRunner(child);
  }

  perform(activity: string, input: unknown): Promise<Outcome> {
    return new Promise((resolve) => {
      const end = (outcome: Outcome) => {
        this.child.off('message', end);
        this.child.off('exit', dead);
        resolve(outcome);
      };
      const dead = () => end({ killed: true });
      this.child.on('message', end);
      this.child.on('exit', dead);
      if (this.isDead) dead();
      else this.child.send({ activity, input });
    });
  }

  get isDead(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Stops it where it is, as a machine does that is paused or out of memory. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  thaw(): void {
    this.child.kill('SIGCONT');
  }

  /** Without a chance to say goodbye; gone when it resolves. */
  async kill(): Promise<void> {
    if (this.isDead) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}

/** Runners that stand ready, since starting one takes longer than most activities. */
export class RunnerPool {
  private readonly ready: Promise<ActivityRunner>[];

  constructor(
    private readonly environment: Record<string, string>,
    size: number,
  ) {
    this.ready = Array.from({ length: size }, () => this.begin());
  }

  async take(): Promise<ActivityRunner> {
    return this.ready.shift() ?? this.begin();
  }

  /** Of one that died, another takes the place. */
  give(runner: ActivityRunner): void {
    this.ready.push(runner.isDead ? this.begin() : Promise.resolve(runner));
  }

  async close(): Promise<void> {
    const runners = await Promise.allSettled(this.ready);
    await Promise.all(runners.map((runner) => (runner.status === 'fulfilled' ? runner.value.kill() : undefined)));
  }

  private begin(): Promise<ActivityRunner> {
    const runner = ActivityRunner.start(this.environment);
    // Told to the one who takes it.
    runner.catch(() => undefined);
    return runner;
  }
}

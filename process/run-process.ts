import { setTimeout as pause } from 'node:timers/promises';
import pino, { type Logger } from 'pino';
import type { ProcessConfig } from '../config/read-config.js';
import { explainStartFailure } from './start-failure.js';

/** What a process is given to start with. */
interface ProcessScope<Config> {
  config: Config;
  logger: Logger;
  /** What was started is stopped by `stop` when the process ends: the last first, also when the start fails half-way. */
  onStop(what: string, stop: () => Promise<unknown>): void;
  /** Ends the process with an error: something it cannot work without failed for good. */
  fail(what: string, error: unknown): void;
}

export interface ProcessParts<Config> {
  /** In its log lines. */
  name: string;
  /** @throws StartError */
  readConfig(): Config;
  start(scope: ProcessScope<Config>): Promise<void>;
}

/** How long closing may take once the work under way has had its time. */
const CLOSE_SECONDS = 5;

/**
 * The life of a main program. Wrong variables and a failed start are one line each on standard error and exit code 1. SIGTERM and SIGINT
 * stop what was started, for which there are the drain time and five seconds more; when that is not enough, or a stop fails, the exit code
 * is 1. A second signal ends the process at once. What fails unhandled is logged and stops the process as well.
 */
export async function runProcess<Config extends ProcessConfig>(parts: ProcessParts<Config>): Promise<void> {
  const running = new RunningProcess(pino({ name: parts.name }, inOrder()));
  running.listen();
  try {
    const config = parts.readConfig();
    await running.start(config, parts.start);
  } catch (error) {
    await running.failedStart(error);
  }
}

/** Written synchronously: what is left to an asynchronous write when the process exits comes after later lines. */
const inOrder = () => pino.destination({ sync: true });

class RunningProcess {
  private readonly stops: { what: string; stop: () => Promise<unknown> }[] = [];
  private drainSeconds = 0;
  private started: Promise<void> = Promise.resolve();
  private exitCode = 0;
  private stopping = false;
  /** What is being stopped, to be named when that takes too long. */
  private current = 'the start';

  constructor(private readonly logger: Logger) {}

  listen(): void {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => this.signalled(signal));
    process.on('unhandledRejection', (error) => this.fail('A promise was rejected and not handled', error));
    process.on('uncaughtException', (error) => this.fail('An error was thrown and not handled', error));
  }

  async start<Config extends ProcessConfig>(
    config: Config,
    start: (scope: ProcessScope<Config>) => Promise<void>,
  ): Promise<void> {
    this.drainSeconds = config.drainSeconds;
    for (const warning of config.warnings) this.logger.warn(warning);
    this.started = start({
      config,
      logger: this.logger,
      onStop: (what, stop) => void this.stops.push({ what, stop }),
      fail: (what, error) => this.fail(what, error),
    });
    await this.started;
  }

  /** One line for each thing that is wrong; what had started already is stopped. */
  async failedStart(error: unknown): Promise<void> {
    // A start that a signal interrupts may fail for that alone.
    if (this.stopping) return;
    for (const line of explainStartFailure(error)) process.stderr.write(`${line}\n`);
    this.exitCode = 1;
    await this.stop();
  }

  private fail(what: string, error: unknown): void {
    this.logger.fatal({ err: error }, what);
    this.exitCode = 1;
    if (!this.stopping) void this.stop();
  }

  private signalled(signal: NodeJS.Signals): void {
    if (this.stopping) {
      this.logger.warn({ signal }, `Second signal to stop: ending at once, while stopping ${this.current}`);
      process.exit(1);
    }
    this.logger.info({ signal, drainSeconds: this.drainSeconds }, 'Stopping');
    void this.stop();
  }

  private async stop(): Promise<void> {
    this.stopping = true;
    const seconds = this.drainSeconds + CLOSE_SECONDS;
    const inTime = await Promise.race([this.stopAll().then(() => true), pause(seconds * 1_000, false, { ref: false })]);
    if (!inTime) {
      this.logger.error(
        `Ended after ${seconds} s although ${this.current} had not stopped; MTC_DRAIN_SECONDS allows more`,
      );
      this.exitCode = 1;
    }
    process.exit(this.exitCode);
  }

  /** Waits for a start under way first: what it makes must be stopped too. */
  private async stopAll(): Promise<void> {
    await this.started.catch(() => undefined);
    for (let next = this.stops.pop(); next !== undefined; next = this.stops.pop()) {
      this.current = next.what;
      try {
        await next.stop();
      } catch (error) {
        this.logger.error({ err: error }, `Stopping ${next.what} failed`);
        this.exitCode = 1;
      }
    }
  }
}

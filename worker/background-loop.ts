/**
 * Runs `work` whenever woken and at least every `periodMs`, one at a time; a failure is passed to `onError` and the loop continues. The signal
 * that `work` is given aborts when the loop is to stop.
 */
export class BackgroundLoop {
  private readonly stopping = new AbortController();
  private wakeUp: () => void = () => undefined;
  private woken = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly periodMs: number,
    private readonly work: (signal: AbortSignal) => Promise<void>,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(): void {
    this.running = this.loop();
  }

  wake(): void {
    this.woken = true;
    this.wakeUp();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.running;
  }

  private async loop(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      this.woken = false;
      await this.work(signal).catch((error) => {
        // What is cut off while the process stops has not failed.
        if (!signal.aborted) this.onError(error);
      });
      if (!this.woken && !signal.aborted) await this.pause();
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.periodMs);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/**
 * Runs `work` whenever woken and at least every `periodMs`, one at a time; a failure is passed to `onError` and the loop continues.
 */
export class BackgroundLoop {
  private stopping = false;
  private wakeUp: () => void = () => undefined;
  private woken = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly periodMs: number,
    private readonly work: () => Promise<void>,
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
    this.stopping = true;
    this.wake();
    await this.running;
  }

  private async loop(): Promise<void> {
    while (!this.stopping) {
      this.woken = false;
      await this.work().catch(this.onError);
      if (!this.woken && !this.stopping) await this.pause();
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

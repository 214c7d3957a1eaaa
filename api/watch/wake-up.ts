/** Remembers that something changed, so that a change between two reads is not missed. */
export class WakeUp {
  private changed = false;
  private wake: () => void = () => undefined;

  constructor(abort: AbortSignal) {
    abort.addEventListener('abort', this.signal, { once: true });
  }

  readonly signal = (): void => {
    this.changed = true;
    this.wake();
  };

  /** Resolves at once when there was a signal since the last call, else at the next one or when the time is over. */
  async wait(milliseconds: number): Promise<void> {
    if (!this.changed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.changed = false;
  }
}

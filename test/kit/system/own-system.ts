import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { removeBackupLocation } from './backup-location.js';
import { Boot } from './boot.js';
import type { Proxies } from './register-clusters.js';
import { System } from './system.js';

/**
 * A system of one test file's own, gone with its data after `stop`: for tests that end one of its processes, put proxies before the API
 * servers, or need settings which would disturb files that run beside theirs.
 */
export class OwnSystem extends System {
  private constructor(
    private readonly boot: Boot,
    private readonly backupLocation: string,
  ) {
    super(boot.place);
  }

  static async start(options: { proxies?: Proxies } = {}): Promise<OwnSystem> {
    const home = await mkdtemp(path.join(tmpdir(), 'mtc-e2e-'));
    // Passable for the user Postgres runs as when root runs the tests.
    await chmod(home, 0o711);
    const { boot, backupLocation } = await Boot.start(home, options);
    const system = new OwnSystem(boot, backupLocation);
    System.running.add(system);
    return system;
  }

  startApi(): Promise<void> {
    return this.boot.startApi();
  }

  startWorker(): Promise<void> {
    return this.boot.startWorker();
  }

  killApi(): Promise<void> {
    return this.boot.kill('api');
  }

  killWorker(): Promise<void> {
    return this.boot.kill('worker');
  }

  /** Since when the newest worker has been polling; undefined when it does not yet. */
  workerPolling(): Promise<Date | undefined> {
    return this.boot.workerPolling();
  }

  protected override async giveUp(): Promise<void> {
    await this.boot.shutDown();
    await removeBackupLocation(this.backupLocation, [this.source, this.target]);
    if (process.env.KEEP_LOGS === undefined) await rm(this.home, { recursive: true, force: true });
  }
}

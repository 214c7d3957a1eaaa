import { Runtime, type RuntimeOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Figures, MigrationStore } from '../migrations-db/migration-store.js';
import { BackgroundLoop } from './background-loop.js';

const PERIOD_MS = 10_000;

/** What is told of the migrations, beside what the SDK tells of itself (`temporal_…`). Names of objects are in none of it. */
const GAUGES: Readonly<Record<keyof Figures, { name: string; unit: string; meaning: string }>> = {
  outboxMessages: { name: 'mtc_outbox_messages', unit: '1', meaning: 'Changes that Temporal has not been told of' },
  outboxAgeSeconds: { name: 'mtc_outbox_age_seconds', unit: 's', meaning: 'Age of the oldest of them' },
  runsOpen: { name: 'mtc_runs_open', unit: '1', meaning: 'Runs that have begun and not ended' },
  runsHeldUp: { name: 'mtc_runs_held_up', unit: '1', meaning: 'Of these, the ones that wait for an operator' },
  runsDown: { name: 'mtc_runs_down', unit: '1', meaning: 'Of these, the ones whose application is down' },
  longestDowntimeSeconds: {
    name: 'mtc_longest_downtime_seconds',
    unit: 's',
    meaning: 'How long the application of one of them has been down, the longest',
  },
  copiesRunning: { name: 'mtc_copies_running', unit: '1', meaning: 'Volumes that are being copied' },
  copiesWaiting: { name: 'mtc_copies_waiting', unit: '1', meaning: 'Volumes that wait for the copies of others' },
};

/** For Prometheus at `/metrics` of an address: those of the SDK, and what {@link MigrationMetrics} sets. */
export const telemetry = (address: string): Pick<RuntimeOptions, 'telemetryOptions'> => ({
  telemetryOptions: {
    metrics: {
      prometheus: { bindAddress: address, unitSuffix: true, countersTotalSuffix: true, useSecondsForDurations: true },
    },
  },
});

/** Sets the gauges of migrations every few seconds. Each worker tells the same: they are of the database. */
export class MigrationMetrics {
  private readonly loop: BackgroundLoop;

  constructor(store: Pick<MigrationStore, 'figures'>, logger: Logger) {
    const meter = Runtime.instance().metricMeter;
    const gauges = Object.entries(GAUGES).map(([figure, { name, unit, meaning }]) => ({
      figure: figure as keyof Figures,
      gauge: meter.createGauge(name, 'float', unit, meaning),
    }));
    this.loop = new BackgroundLoop(
      PERIOD_MS,
      async () => {
        const figures = await store.figures();
        for (const { figure, gauge } of gauges) gauge.set(figures[figure]);
      },
      (error) => logger.warn({ err: error }, 'The metrics of migrations could not be read; trying again'),
    );
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }
}

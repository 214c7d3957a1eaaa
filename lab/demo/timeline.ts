import Table from 'cli-table3';
import prettyBytes from 'pretty-bytes';
import type { Kubectl } from '../client/kubectl.js';
import { NAMESPACE } from '../client/migrations.js';

interface Row {
  step: string;
  seconds?: number;
  bytes?: number;
}

/** What a migration's `/report` subresource tells of its volumes. */
interface Report {
  attempts: { transfers: { volumeId: string; pass: string; sentBytes: number; durationSeconds?: number }[] }[];
}

/** Steps of the demo with their durations, told while they run and as a table at the end. */
export class Timeline {
  private readonly rows: Row[] = [];

  async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    console.log(`▸ ${name}`);
    const began = performance.now();
    const result = await work();
    const seconds = (performance.now() - began) / 1_000;
    this.rows.push({ step: name, seconds });
    console.log(`  ${seconds.toFixed(1)} s`);
    return result;
  }

  /** A row per volume and pass, from the reports the API keeps. */
  async addTransfers(mtc: Kubectl, migrations: string[]): Promise<void> {
    for (const name of migrations) {
      const path = `/apis/migration.openshift.io/v1alpha1/namespaces/${NAMESPACE}/migmigrations/${name}/report`;
      const report = JSON.parse(await mtc.run(['get', '--raw', path])) as Report;
      for (const { volumeId, pass, sentBytes, durationSeconds } of report.attempts.flatMap(
        (attempt) => attempt.transfers,
      )) {
        this.rows.push({ step: `  ${name}: volume ${volumeId}, ${pass}`, seconds: durationSeconds, bytes: sentBytes });
      }
    }
  }

  table(): string {
    const table = new Table({ head: ['step', 'duration', 'bytes sent'], colAligns: ['left', 'right', 'right'] });
    for (const { step, seconds, bytes } of this.rows) {
      table.push([
        step,
        seconds === undefined ? '' : `${seconds.toFixed(1)} s`,
        bytes === undefined ? '' : prettyBytes(bytes),
      ]);
    }
    return table.toString();
  }
}

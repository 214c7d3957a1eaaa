import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { Command } from 'commander';
import { execa } from 'execa';
import { deployApplication, removeApplication } from '../client/application.js';
import { compareSides, type Finding } from '../client/findings.js';
import { Kubectl } from '../client/kubectl.js';
import { labValues } from '../client/lab-values.js';
import { LedgerFollower } from '../client/ledger.js';
import { manifest } from '../client/manifest.js';
import {
  expectSuccess,
  type Migration,
  NAMESPACE,
  startMigration,
  untilEnded,
  untilReady,
} from '../client/migrations.js';
import { type RunningService, startService } from '../client/service.js';
import { down } from '../down.js';
import { up } from '../up.js';
import { Timeline } from './timeline.js';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const options = new Command('demo')
  .description('Moves a running application between two real clusters, and compares')
  .option('--once', 'take down what was started and exit; non-zero if anything was not as it should be')
  .parse()
  .opts<{ once?: boolean }>();

const timeline = new Timeline();
let service: RunningService | undefined;
let failed = false;
try {
  await timeline.step('Two clusters, object store, registry', () => up());
  const values = await labValues();
  const kubectl = path.join(values.LAB_BIN ?? '', 'kubectl');
  const source = new Kubectl(kubectl, values.SOURCE_KUBECONFIG ?? '');
  const target = new Kubectl(kubectl, values.TARGET_KUBECONFIG ?? '');
  const image = values.SAMPLE_APP_IMAGE ?? '';

  await timeline.step('Build the service', () =>
    execa('npm', ['run', '--silent', 'build'], { cwd: checkout, stdio: 'inherit' }),
  );
  const started = await timeline.step('Start the service', () => startService(path.join(checkout, '.mtc'), values));
  service = started;
  const mtc = new Kubectl(kubectl, started.kubeconfig);

  await timeline.step('Register the clusters, deploy the sample application on source', async () => {
    await removeApplication(source, target);
    // A plan goes once its leftovers are removed, for which the clusters must let us in.
    await Promise.all(['source', 'target'].map((name) => registerCluster(mtc, name, values)));
    await mtc.run(['-n', NAMESPACE, 'delete', 'migmigration,migplan', '--all', '--timeout=180s']);
    await deployApplication(source, image);
  });
  await timeline.step('Register the repository, create the plan', async () => {
    await mtc.apply(await manifest('repository', values));
    await mtc.apply(await manifest('plan'));
    await untilReady(mtc, 'migplan', 'shop');
  });

  const ledger = new LedgerFollower(kubectl, source.kubeconfig, { namespace: 'shop', name: 'ledger-0' });
  ledger.start();
  const stage = await timeline.step('Stage migration, the application runs', () =>
    migrate(mtc, 'stage', { stage: true }),
  );
  await timeline.step('The application writes on', () => pause(3_000));
  const cutover = await timeline.step('Cutover', () => migrate(mtc, 'cutover', { quiescePods: true }));
  ledger.stop();
  const findings = await timeline.step('Compare both sides', () =>
    compareSides(source, target, {
      image,
      acknowledged: ledger.acknowledged,
      helperUids: [stage.metadata.uid, cutover.metadata.uid],
    }),
  );

  await timeline.addTransfers(mtc, ['stage', 'cutover']);
  console.log(timeline.table());
  console.log(findingsTable(findings));
  console.log(addresses(started, values));
  failed = findings.some((finding) => !finding.ok);
  if (!options.once) await untilInterrupted();
} catch (error) {
  failed = true;
  console.error(error instanceof Error ? error.message : error);
} finally {
  await service?.stop();
  if (options.once) await down();
}
process.exitCode = failed ? 1 : 0;

/** prepare-cluster makes the cluster ready and prints the MigCluster and Secret, which go to the API as they are. */
async function registerCluster(mtc: Kubectl, name: string, values: Record<string, string>): Promise<void> {
  const kubeconfig = values[`${name.toUpperCase()}_KUBECONFIG`] ?? '';
  const args = ['commands/prepare-cluster.ts', '--kubeconfig', kubeconfig, '--name', name, '--yes'];
  const { stdout } = await execa('tsx', args, { cwd: checkout, preferLocal: true });
  await mtc.apply(stdout);
  await untilReady(mtc, 'migcluster', name);
}

async function migrate(mtc: Kubectl, name: string, spec: Record<string, unknown>): Promise<Migration> {
  await startMigration(mtc, name, 'shop', spec);
  let shown = '';
  const migration = await untilEnded(mtc, name, {
    seconds: 600,
    onChange: (seen) => {
      const running = seen.status?.pipeline?.filter((entry) => entry.started && !entry.completed);
      const text = (running ?? [])
        .map((entry) => `${entry.name}: ${entry.progress?.at(-1) ?? entry.message ?? ''}`)
        .join(' | ');
      if (text !== '' && text !== shown) console.log(`    ${text}`);
      shown = text;
    },
  });
  expectSuccess(migration);
  return migration;
}

function findingsTable(findings: Finding[]): string {
  const table = new Table({ head: ['check', 'result', 'seen'], colWidths: [46, 8, 66], wordWrap: true });
  for (const { what, ok, seen } of findings) table.push([what, ok ? 'yes' : 'NO', seen]);
  return table.toString();
}

function addresses({ api, kubeconfig, temporalUi }: RunningService, values: Record<string, string>): string {
  return [
    `API          ${api}`,
    `kubeconfig   ${kubeconfig}   (kubectl --kubeconfig … get migmigrations)`,
    `Temporal UI  ${temporalUi ?? 'as given by the environment'}`,
    `source       ${values.SOURCE_KUBECONFIG}`,
    `target       ${values.TARGET_KUBECONFIG}`,
  ].join('\n');
}

async function untilInterrupted(): Promise<void> {
  console.log('\nEverything stays up until Ctrl-C. (The lab stays up after it: npm run lab -- down)');
  const hold = setInterval(() => undefined, 60_000);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  clearInterval(hold);
}

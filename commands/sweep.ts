#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { connectCluster } from '../clusters/connect-cluster.js';
import { MIGRATION_NAMESPACE } from '../resources/meta/labels.js';
import { readLocalKubeconfig } from './local-kubeconfig.js';
import { SWEEP_EXIT, type SweepExit, sweepPlan } from './sweep-plan.js';

interface Options {
  plan: string;
  namespace: string;
  kubeconfig: string;
  context?: string;
  url?: string;
  timeout: number;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

function seconds(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Give whole seconds, 1 or more.');
  return Number(text);
}

async function run({ kubeconfig, context, url, timeout, ...what }: Options): Promise<SweepExit> {
  const access = await readLocalKubeconfig(kubeconfig, context);
  const service = connectCluster({ ...access, ...(url && { server: url }) });
  try {
    return await sweepPlan(service, { ...what, timeoutSeconds: timeout, print, complain });
  } finally {
    await service.close();
  }
}

try {
  await new Command('sweep')
    .description('Removes what ended migrations of a plan left in the clusters, and waits for it.')
    .requiredOption('--plan <name>', 'name of the MigPlan')
    .option('--namespace <name>', 'its namespace', MIGRATION_NAMESPACE)
    .option('--kubeconfig <file>', 'kubeconfig of the migration service', '.mtc/kubeconfig')
    .option('--context <name>', 'context of the kubeconfig, if not the current one')
    .option('--url <url>', 'address of the migration service, if not the one in the kubeconfig')
    .option('--timeout <seconds>', 'longest time to wait', seconds, 600)
    .addHelpText(
      'after',
      `
Exit code: ${SWEEP_EXIT.clean} nothing is left; ${SWEEP_EXIT.left} something is, on standard error;
${SWEEP_EXIT.notAsked} the sweep could not be asked for; ${SWEEP_EXIT.notEnded} it has not ended in time, and continues.`,
    )
    .exitOverride()
    .action(async (options: Options) => {
      process.exitCode = await run(options);
    })
    .parseAsync();
} catch (error) {
  // Commander has told what is wrong with the options itself; --help is not a failure.
  if (!(error instanceof CommanderError)) complain(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? 0 : SWEEP_EXIT.notAsked;
}

import { temporalCli } from '../../../local/temporal-cli.js';

/** Before the workflow tests: on a fresh machine the dev server is built here, where no test's patience runs. */
export default async function setup(): Promise<void> {
  process.env.TEMPORAL_CLI = await temporalCli(console.log, process.env.TEMPORAL_CLI);
}

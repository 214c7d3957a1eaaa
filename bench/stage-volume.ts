import { NAMESPACE } from '../lab/client/migrations.js';
import type { BenchSystem } from './bench-system.js';

/** What a transfer's client says last in its log. */
interface TransferReport {
  /** Of rsync, from its start to its end. */
  seconds: number;
  /** On the wire. */
  sentBytes: number;
}

export interface Stage extends TransferReport {
  /** From the migration's creation to its end. */
  wholeSeconds: number;
}

/** One stage migration of a plan with one volume. */
export async function stageVolume(system: BenchSystem, plan: string, name: string): Promise<Stage> {
  const { seconds: wholeSeconds } = await system.migrate(name, plan, { stage: true });
  const log = await system.mtc.run([
    ...['get', '--raw'],
    `/apis/migration.openshift.io/v1alpha1/namespaces/${NAMESPACE}/migmigrations/${name}/log`,
  ]);
  const line = /\{"event":"result".*\}/.exec(log)?.[0];
  if (line === undefined) throw new Error(`The log of migration ${name} holds no result of its transfer:\n${log}`);
  const { seconds, sentBytes } = JSON.parse(line) as TransferReport;
  return { wholeSeconds, seconds, sentBytes };
}

import { NAMESPACE } from '../../../lab/client/migrations.js';
import type { System } from '../system/system.js';

export interface ReportedTransfer {
  volumeId: string;
  pass: 'pre-copy' | 'final';
  attempt: number;
  totalBytes: number;
  sentBytes: number;
}

/** What a migration's `/report` tells of its volumes. */
export async function reportedTransfers({ mtc }: System, name: string): Promise<ReportedTransfer[]> {
  const path = `/apis/migration.openshift.io/v1alpha1/namespaces/${NAMESPACE}/migmigrations/${name}/report`;
  const report = JSON.parse(await mtc.run(['get', '--raw', path])) as { attempts: { transfers: ReportedTransfer[] }[] };
  return report.attempts.flatMap(({ transfers }) => transfers);
}

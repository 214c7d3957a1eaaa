import { shortUid } from '../../../resources/run/names.js';
import { countCreates } from './audit-log.js';

/** How often each object whose name carries a run's uid was created, by the audit logs of the lab: `target pods shop/mtc-…` → 1. */
export async function creationsOf(runUid: string, since: Date): Promise<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const side of ['source', 'target'] as const) {
    for (const [name, times] of await countCreates(side, since)) {
      if (name.includes(shortUid(runUid))) all[`${side} ${name}`] = times;
    }
  }
  return all;
}

import { LABELS } from '../../resources/labels.js';
import type { System } from './system.js';

const KINDS = 'pods,services,secrets,configmaps,jobs,networkpolicies,controllerrevisions';

/** Helpers of a run that are still in either cluster. */
export async function helpersLeft({ source, target }: System, runUid: string): Promise<string[]> {
  const lists = await Promise.all(
    [source, target].map((cluster) =>
      cluster.run(['get', KINDS, '-A', '-l', `${LABELS.helper}=${runUid}`, '-o', 'name', '--ignore-not-found']),
    ),
  );
  return lists.flatMap((text) => text.split('\n')).filter((line) => line !== '');
}

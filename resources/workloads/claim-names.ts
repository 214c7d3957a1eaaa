import type { RunRecord } from '../run/run-record.js';
import type { ClaimMapping } from './claim-references.js';

/** The claims of a run's plan, those copied and those that come to the target by another run. */
export interface PlannedClaims {
  volumes: RunRecord['volumes'];
  skippedVolumes?: RunRecord['skippedVolumes'];
}

/** The names that claims of a source namespace have on the target. */
export const claimNames = (
  { volumes, skippedVolumes = [] }: PlannedClaims,
  namespace: string | undefined,
): ClaimMapping =>
  new Map([
    ...volumes
      .filter(({ source }) => source.namespace === namespace)
      .map(({ source, target }): [string, string] => [source.claim, target.claim]),
    ...skippedVolumes
      .filter((skipped) => skipped.namespace === namespace)
      .flatMap(({ claim, target }): [string, string][] => (target === undefined ? [] : [[claim, target]])),
  ]);

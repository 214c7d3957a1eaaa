import type { MigPlan } from '../kinds/mig-plan.js';
import type { RunRecord } from '../run/run-record.js';

type Included = Pick<RunRecord, 'includedResources'>;

/** The kinds a plan lists; none: it migrates all. */
export const includedResourcesOf = ({ spec }: MigPlan): RunRecord['includedResources'] =>
  (spec.includedResources ?? []).map(({ group = '', kind = '' }) => ({ group, kind }));

/** Whether a run migrates objects of a kind: all kinds, unless its plan lists those it wants. */
export const includesKind = ({ includedResources }: Included, wanted: { group: string; kind: string }): boolean =>
  includedResources.length === 0 ||
  includedResources.some(({ group, kind }) => group === wanted.group && kind === wanted.kind);

/** Volumes are migrated where claims are. */
export const includesVolumes = (run: Included): boolean =>
  includesKind(run, { group: '', kind: 'PersistentVolumeClaim' });

/** Group of an `apiVersion`; empty for the core group. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';

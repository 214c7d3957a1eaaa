import type { z } from 'zod';
import type { KindDefinition } from './kind-definition.js';
import type { KubeObject } from './kube-object.js';
import { GROUP, VERSION } from './labels.js';

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** A stored object of a kind: what the API let in, so defaults are filled. */
export type Resource<Spec extends z.ZodType, Status extends z.ZodType> = KubeObject & {
  spec: z.output<Spec>;
  status?: z.output<Status>;
};

type Required = 'kind' | 'plural' | 'description' | 'columns';

/** What types are made from: the name, and whether there is a reconciler or a run of its objects. */
interface Registered {
  kind: string;
  reconciled?: boolean;
  isRun?: boolean;
}
type Parts = Pick<KindDefinition, Required> & Partial<KindDefinition>;

/** A kind of the migration group with status, all verbs and MTC's naming habits, unless said otherwise. */
export const defineKind = <const Own extends Registered>(
  parts: Parts & Own,
): KindDefinition & Pick<Own, keyof Registered & keyof Own> => ({
  group: GROUP,
  version: VERSION,
  singular: parts.kind.toLowerCase(),
  shortNames: [],
  categories: ['mtc'],
  namespaced: true,
  verbs: ALL_VERBS,
  hasStatus: true,
  selectableFields: [],
  ...parts,
});

/** A core kind: its fields stand at the top level and it has no status of ours. */
export const defineCoreKind = (parts: Parts): KindDefinition =>
  defineKind({ group: '', version: 'v1', hasStatus: false, categories: [], ...parts });

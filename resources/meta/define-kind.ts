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

/** A kind of the migration group with status, all verbs and MTC's naming habits, unless said otherwise. */
export const defineKind = (parts: Pick<KindDefinition, Required> & Partial<KindDefinition>): KindDefinition => ({
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
export const defineCoreKind = (parts: Pick<KindDefinition, Required> & Partial<KindDefinition>): KindDefinition =>
  defineKind({ group: '', version: 'v1', hasStatus: false, categories: [], ...parts });

import type { KindDefinition } from '../../resources/meta/kind-definition.js';

/** What a token may be for. */
export const ROLES = ['admin', 'operator', 'metrics'] as const;
export type Role = (typeof ROLES)[number];

/** Who sends a request. */
export interface Caller {
  name: string;
  role: Role;
}

/** Kinds that say where credentials go, what they are, or what runs with them: an operator reads them. */
const SETTINGS: ReadonlySet<string> = new Set(['Secret', 'MigrationController', 'MigCluster', 'MigStorage', 'MigHook']);
const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

/** Of verbs that are served of a kind, or of a part of it, those that the role has. */
export function verbsFor(role: Role, { kind }: Pick<KindDefinition, 'kind'>, served: readonly string[]): string[] {
  if (role === 'metrics') return [];
  return served.filter((verb) => role === 'admin' || !SETTINGS.has(kind) || READS.has(verb));
}

/** Whether the role may read versions, discovery and metrics. */
export const readsPath = (role: Role, path: string): boolean => role !== 'metrics' || path === '/metrics';

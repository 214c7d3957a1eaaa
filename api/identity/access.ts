import { KINDS } from '../../resources/kinds/index.js';
import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import { type Role, verbsFor } from '../http/roles.js';

export interface ResourceAttributes {
  verb?: string;
  group?: string;
  resource?: string;
  subresource?: string;
}

/** Whether it is offered, and the role has it. */
export function mayDo(
  role: Role,
  { verb = '', group = '', resource = '', subresource = '' }: ResourceAttributes,
): boolean {
  const meant = KINDS.filter(
    (kind) => ['*', kind.group].includes(group) && ['*', kind.plural].includes(resource.split('/', 1)[0] ?? ''),
  );
  const part = subresource || resource.split('/')[1] || '';
  return meant.some((kind) => {
    const verbs = verbsFor(role, kind, verbsOf(kind, part));
    return verb === '*' ? verbs.length > 0 && verbs.length === verbsOf(kind, part).length : verbs.includes(verb);
  });
}

const STATUS_VERBS = ['get', 'patch', 'update'];

function verbsOf({ verbs, hasStatus, subresources = {} }: KindDefinition, part: string): readonly string[] {
  if (part === '') return verbs;
  if (part === 'status' && hasStatus) return STATUS_VERBS;
  return (Object.hasOwn(subresources, part) && subresources[part]) || [];
}

/** All that the role may do, as rules of roles are written. */
export const rulesOf = (role: Role) =>
  KINDS.flatMap((kind) => {
    const parts = ['', ...(kind.hasStatus ? ['status'] : []), ...Object.keys(kind.subresources ?? {})];
    return parts.map((part) => ({
      verbs: verbsFor(role, kind, verbsOf(kind, part)),
      apiGroups: [kind.group],
      resources: [part ? `${kind.plural}/${part}` : kind.plural],
    }));
  }).filter(({ verbs }) => verbs.length > 0);

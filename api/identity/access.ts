import { KINDS } from '../../resources/kinds/index.js';
import type { KindDefinition } from '../../resources/meta/kind-definition.js';

export interface ResourceAttributes {
  verb?: string;
  group?: string;
  resource?: string;
  subresource?: string;
}

/** The holder of the token may do all that is served; nothing else can be done at all. */
export function mayDo({ verb = '', group = '', resource = '', subresource = '' }: ResourceAttributes): boolean {
  const meant = KINDS.filter(
    (kind) => ['*', kind.group].includes(group) && ['*', kind.plural].includes(resource.split('/', 1)[0] ?? ''),
  );
  const part = subresource || resource.split('/')[1] || '';
  return meant.some((kind) => {
    const verbs = part === '' ? kind.verbs : verbsOf(kind, part);
    return verb === '*' ? verbs.length > 0 : verbs.includes(verb);
  });
}

const STATUS_VERBS = ['get', 'patch', 'update'];

const verbsOf = ({ hasStatus, subresources = {} }: KindDefinition, part: string): readonly string[] =>
  part === 'status' && hasStatus ? STATUS_VERBS : (Object.hasOwn(subresources, part) && subresources[part]) || [];

/** All that is offered, as rules of roles are written. */
export const offeredRules = () =>
  KINDS.flatMap((kind) => [
    { verbs: kind.verbs, apiGroups: [kind.group], resources: [kind.plural] },
    ...[...(kind.hasStatus ? ['status'] : []), ...Object.keys(kind.subresources ?? {})].map((part) => ({
      verbs: verbsOf(kind, part),
      apiGroups: [kind.group],
      resources: [`${kind.plural}/${part}`],
    })),
  ]);

import { apiVersionOf, KINDS } from '../../resources/kinds/index.js';
import { GROUP, VERSION } from '../../resources/meta/labels.js';

export interface ServedGroup {
  group: string;
  version: string;
}

export const SERVED_GROUPS: readonly ServedGroup[] = [
  { group: '', version: 'v1' },
  { group: GROUP, version: VERSION },
];

export const kindsOf = ({ group, version }: ServedGroup) =>
  KINDS.filter((kind) => kind.group === group && kind.version === version);

export const groupList = () => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: SERVED_GROUPS.filter(({ group }) => group !== '').map((served) => {
    const version = { groupVersion: apiVersionOf(served), version: served.version };
    return { name: served.group, versions: [version], preferredVersion: version };
  }),
});

export const resourceList = (served: ServedGroup) => ({
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: apiVersionOf(served),
  resources: kindsOf(served).flatMap(
    ({ plural, singular, namespaced, kind, verbs, shortNames, categories, hasStatus, subresources = {} }) => [
      { name: plural, singularName: singular, namespaced, kind, verbs, shortNames, categories },
      ...(hasStatus
        ? [{ name: `${plural}/status`, singularName: '', namespaced, kind, verbs: ['get', 'patch', 'update'] }]
        : []),
      ...Object.entries(subresources).map(([name, served]) => ({
        name: `${plural}/${name}`,
        singularName: '',
        namespaced,
        kind,
        verbs: served,
      })),
    ],
  ),
});

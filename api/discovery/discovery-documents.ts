import { apiVersionOf, KINDS } from '../../resources/kinds/index.js';
import { GROUP, VERSION } from '../../resources/meta/labels.js';
import { REVIEWS } from '../http/resource-path.js';

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

/** Groups that serve questions of clients about themselves, and no objects: the kind by its plural. */
const REVIEW_GROUPS: readonly (ServedGroup & { reviews: [plural: string, kind: string][] })[] = [
  ...new Set(Object.keys(REVIEWS).map((path) => path.split('/')[2] ?? '')),
].map((group) => ({
  group,
  version: 'v1',
  reviews: Object.entries(REVIEWS)
    .filter(([path]) => path.split('/')[2] === group)
    .map(([path, kind]) => [path.split('/').at(-1) ?? '', kind]),
}));

export const ALL_GROUPS: readonly ServedGroup[] = [...SERVED_GROUPS, ...REVIEW_GROUPS];

export const groupList = () => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: ALL_GROUPS.filter(({ group }) => group !== '').map((served) => {
    const version = { groupVersion: apiVersionOf(served), version: served.version };
    return { name: served.group, versions: [version], preferredVersion: version };
  }),
});

export const resourceList = (served: ServedGroup) => ({
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: apiVersionOf(served),
  resources: [
    ...reviewsOf(served),
    ...kindsOf(served).flatMap(
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
  ],
});

const reviewsOf = ({ group }: ServedGroup) =>
  (REVIEW_GROUPS.find((served) => served.group === group)?.reviews ?? []).map(([name, kind]) => ({
    name,
    singularName: kind.toLowerCase(),
    namespaced: false,
    kind,
    verbs: ['create'],
  }));

import type { ApiCall, ApiConnection } from './api-connection.js';
import type { ApiResource, ApiType, CallOptions } from './cluster-client.js';
import { isNotFound, KubernetesApiError } from './kubernetes-api-error.js';

const AGGREGATED = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',');

/** Answers of `/api`, `/apis` and `/apis/<group>/<version>` as far as they are read here. */
interface GroupVersions {
  kind?: string;
  versions?: string[];
  groups?: { name: string; versions: { groupVersion: string }[]; preferredVersion: { groupVersion: string } }[];
  items?: { metadata?: { name?: string }; versions?: AggregatedVersion[] }[];
}
interface AggregatedVersion {
  version: string;
  resources?: { resource: string; responseKind?: { kind?: string }; scope: string; verbs: string[] }[];
}
interface PlainVersion {
  resources?: { name: string; kind: string; namespaced: boolean; verbs: string[] }[];
}

/** What a cluster serves. Answers are kept; a type that was not there is asked for again, for its definition may be new. */
export class Discovery {
  private readonly byGroupVersion = new Map<string, ApiResource[]>();
  private listable?: ApiResource[];

  constructor(private readonly connection: ApiConnection) {}

  async discover(options: CallOptions & { refresh?: boolean } = {}): Promise<ApiResource[]> {
    if (!this.listable || options.refresh) {
      const [core, groups] = await Promise.all([this.readRoot('/api', options), this.readRoot('/apis', options)]);
      const served = [...core, ...groups];
      for (const versions of served) {
        for (const { groupVersion, resources } of versions) {
          this.byGroupVersion.set(groupVersion, resources);
        }
      }
      this.listable = served.flatMap(preferred).filter(({ verbs }) => verbs.includes('list'));
    }
    return this.listable;
  }

  async resourceOf({ apiVersion, kind }: ApiType, options: CallOptions = {}): Promise<ApiResource | undefined> {
    const known = pick(this.byGroupVersion.get(apiVersion), kind);
    if (known) {
      return known;
    }
    try {
      const resources = await this.readVersion(apiVersion, options);
      this.byGroupVersion.set(apiVersion, resources);
      return pick(resources, kind);
    } catch (error) {
      if (isNotFound(error)) {
        return undefined;
      }
      throw error;
    }
  }

  /** One entry per group: its versions, the preferred one first. */
  private async readRoot(path: string, options: CallOptions): Promise<ServedVersion[][]> {
    const answer = (await this.connection.json({ ...call(path, options), accept: AGGREGATED })) as GroupVersions;
    if (answer.kind === 'APIGroupDiscoveryList') {
      return (answer.items ?? []).map(({ metadata, versions = [] }) =>
        versions.map((version) => fromAggregated(metadata?.name ?? '', version)),
      );
    }
    const groups = answer.groups?.map(({ versions, preferredVersion }) => {
      const names = versions.map(({ groupVersion }) => groupVersion);
      return [...new Set([preferredVersion.groupVersion, ...names])];
    });
    return Promise.all((groups ?? [answer.versions ?? []]).map((names) => this.readGroup(names, options)));
  }

  private async readGroup(groupVersions: string[], options: CallOptions): Promise<ServedVersion[]> {
    const versions = await Promise.all(
      groupVersions.map(async (groupVersion) => {
        try {
          return [{ groupVersion, resources: await this.readVersion(groupVersion, options) }];
        } catch (error) {
          // An aggregated API whose server is down (metrics, say) must not hide all others.
          if (error instanceof KubernetesApiError && (error.code === 404 || error.code >= 500)) {
            return [];
          }
          throw error;
        }
      }),
    );
    return versions.flat();
  }

  private async readVersion(groupVersion: string, options: CallOptions): Promise<ApiResource[]> {
    const path = `/${groupVersion.includes('/') ? 'apis' : 'api'}/${groupVersion}`;
    const answer = (await this.connection.json(call(path, options))) as PlainVersion;
    return (answer.resources ?? [])
      .filter(({ name }) => !name.includes('/'))
      .map(({ name, kind, namespaced, verbs }) => resource(groupVersion, name, kind, namespaced, verbs));
  }
}

interface ServedVersion {
  groupVersion: string;
  resources: ApiResource[];
}

const call = (path: string, options: CallOptions): ApiCall => ({
  method: 'GET',
  path,
  verb: 'discover',
  object: `types under ${path}`,
  signal: options.signal,
});

function fromAggregated(group: string, { version, resources = [] }: AggregatedVersion): ServedVersion {
  const groupVersion = group ? `${group}/${version}` : version;
  return {
    groupVersion,
    resources: resources
      .filter(({ responseKind }) => responseKind?.kind)
      .map(({ resource: name, responseKind, scope, verbs }) =>
        resource(groupVersion, name, responseKind?.kind ?? '', scope === 'Namespaced', verbs),
      ),
  };
}

function resource(groupVersion: string, name: string, kind: string, namespaced: boolean, verbs: string[]): ApiResource {
  const [version = '', group = ''] = groupVersion.split('/').reverse();
  return { apiVersion: groupVersion, kind, resource: name, group, version, namespaced, verbs };
}

/** Each resource of a group in the first version that has it. */
const preferred = (versions: ServedVersion[]): ApiResource[] => [
  ...new Map(
    versions
      .toReversed()
      .flatMap(({ resources }) => resources)
      .map((found) => [found.resource, found]),
  ).values(),
];

/** Some APIs serve a kind twice, once only for creating (OpenShift's processedtemplates): the one that can be read is meant. */
const pick = (resources: ApiResource[] | undefined, kind: string): ApiResource | undefined => {
  const sameKind = resources?.filter((found) => found.kind === kind);
  return sameKind?.find(({ verbs }) => verbs.includes('get')) ?? sameKind?.[0];
};

import type { ClusterClient } from '../../clusters/cluster-client.js';

/**
 * A client that asks before each change it makes. What is changed was read before, and is changed under its resourceVersion or uid: so a
 * change that was admitted and comes late finds what others have done since, and is refused by the cluster. Dry runs change nothing.
 *
 * @param fence what it throws is thrown in the place of the change
 */
export const fencedClient = (client: ClusterClient, fence: () => Promise<void>): ClusterClient => ({
  name: client.name,
  server: client.server,
  get serverKeys() {
    return client.serverKeys;
  },
  version: (options) => client.version(options),
  discover: (options) => client.discover(options),
  resourceOf: (type, options) => client.resourceOf(type, options),
  get: (ref, options) => client.get(ref, options),
  list: (type, options) => client.list(type, options),
  watch: (type, options) => client.watch(type, options),
  logs: (pod, options) => client.logs(pod, options),
  accessReview: (question, options) => client.accessReview(question, options),
  close: () => client.close(),

  async create(object, options) {
    if (!options?.dryRun) await fence();
    return client.create(object, options);
  },
  async createIfAbsent(object, options) {
    await fence();
    return client.createIfAbsent(object, options);
  },
  async patch(ref, patch, options) {
    if (!options?.dryRun) await fence();
    return client.patch(ref, patch, options);
  },
  async apply(object, options) {
    if (!options.dryRun) await fence();
    return client.apply(object, options);
  },
  async remove(ref, options) {
    await fence();
    return client.remove(ref, options);
  },
  async request(method, path, options) {
    if (method !== 'GET') await fence();
    return client.request(method, path, options);
  },
});

import type { ClusterClient } from '../../clusters/cluster-client.js';
import { cutText } from '../../resources/meta/cut-text.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { sharedReads } from './shared-reads.js';

/** When an Event was last seen, RFC 3339. */
export const eventTime = (event: KubeObject): string =>
  event.lastTimestamp ?? event.series?.lastObservedTime ?? event.eventTime ?? event.metadata.creationTimestamp ?? '';

/** Events of one object that the cluster still keeps, the newest last. */
export async function eventsOf(
  client: ClusterClient,
  { metadata }: KubeObject,
  signal: AbortSignal,
): Promise<KubeObject[]> {
  const found = await sharedReads(client).events(metadata, signal);
  return found.map(withCutTexts).toSorted((one, other) => eventTime(one).localeCompare(eventTime(other)));
}

/** Controllers and admission plug-ins of the cluster write them; each line goes into statuses and failures. */
const withCutTexts = (event: KubeObject): KubeObject => ({
  ...event,
  reason: cutText(String(event.reason ?? '')),
  message: cutText(String(event.message ?? '')),
});

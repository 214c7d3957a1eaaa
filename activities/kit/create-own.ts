import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS } from '../../resources/meta/labels.js';

/**
 * Makes an object of a run, or takes the one that an earlier try of the activity made. Its name can be known beforehand: what others have
 * put there under it is neither used nor changed.
 *
 * @throws StepFailure Refused when the object that is there does not carry the labels (and annotation of the content) of the wanted one
 */
export async function createOwn(
  client: ClusterClient,
  wanted: KubeObject,
  options: { signal?: AbortSignal } = {},
): Promise<KubeObject> {
  const { object, created } = await client.createIfAbsent(wanted, options);
  if (!created) refuseForeign(client, object, wanted);
  return object;
}

/** @throws StepFailure Refused when what was found is not the wanted object of the run */
export function refuseForeign(client: Pick<ClusterClient, 'name'>, found: KubeObject, wanted: KubeObject): void {
  if (isSameMaker(found, wanted)) return;
  const title = describeReference(referenceOf(wanted));
  throw new StepFailure({
    type: FAILURE.Refused,
    what: `${title} is there already, and is not what the run makes under this name`,
    where: `cluster ${client.name}`,
    why: 'Its labels or its content are not those of the run: others made it, or changed it.',
    next: `Find out who made it (kubectl get -o yaml --show-managed-fields), delete it, then start the migration again.`,
  });
}

/**
 * Marks an object by what it is made of. Only for what is the same in every try; what a server or a webhook adds to it does not count.
 *
 * @param content all that the object is to do, when parts of the manifest depend on the moment
 */
export function withContentHash(manifest: KubeObject, content: object = contentOf(manifest)): KubeObject {
  const hash = createHash('sha256')
    .update(canonicalize(content) ?? '')
    .digest('hex');
  const annotations = { ...manifest.metadata.annotations, [ANNOTATIONS.contentHash]: hash };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}

function isSameMaker(found: KubeObject, wanted: KubeObject): boolean {
  const labels = Object.entries(wanted.metadata.labels ?? {});
  const hash = wanted.metadata.annotations?.[ANNOTATIONS.contentHash];
  return (
    labels.every(([key, value]) => found.metadata.labels?.[key] === value) &&
    (hash === undefined || found.metadata.annotations?.[ANNOTATIONS.contentHash] === hash) &&
    // Whoever copies the marks could still put other files there: a ConfigMap holds what was written and nothing else.
    (wanted.kind !== 'ConfigMap' || hash === undefined || canonicalize(found.data) === canonicalize(wanted.data))
  );
}

const contentOf = ({ apiVersion: _, kind: __, metadata: ___, ...content }: KubeObject): object => content;

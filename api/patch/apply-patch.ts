import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ApiError, badRequest } from '../http/api-error.js';
import { checkBounds, LARGEST_OBJECT, tooLarge } from '../http/bounds.js';
import { readJsonPatch } from './json-patch.js';
import { isObject, mergePatch } from './merge-patch.js';
import { strategicMergePatch } from './strategic-merge-patch.js';

export type PatchFunction = (current: KubeObject) => unknown;

/**
 * Reads a PATCH request into the function that makes the next state of an object, which has the same bounds as one that is sent whole.
 *
 * @throws ApiError 415 for strategic merge of kinds that have no merge keys (as in Kubernetes, where custom kinds have none)
 */
export function readPatch(definition: KindDefinition, mediaType: string, body: unknown): PatchFunction {
  const patch = patchOf(definition, mediaType, body);
  return (current) => {
    const next = patch(current);
    checkBounds(next);
    if (JSON.stringify(next).length > LARGEST_OBJECT) {
      throw tooLarge(
        `with the patch the object is larger than the ${LARGEST_OBJECT / 1024 / 1024} MiB that can be stored`,
      );
    }
    return next;
  };
}

function patchOf(definition: KindDefinition, mediaType: string, body: unknown): PatchFunction {
  switch (mediaType) {
    case 'application/json-patch+json':
      return readJsonPatch(body);
    case 'application/merge-patch+json':
      return (current) => withoutWithdrawn(mergePatch(current, patchObject(body)), body);
    case 'application/strategic-merge-patch+json':
      if (definition.group === '')
        return (current) => withoutWithdrawn(strategicMergePatch(current, patchObject(body)), body);
      throw unsupported(
        `${definition.kind} has no strategic merge patch; use a merge patch (kubectl patch --type=merge)`,
      );
    default:
      throw unsupported(
        `patches of type ${mediaType} are not supported; use application/merge-patch+json, application/json-patch+json or application/apply-patch+yaml`,
      );
  }
}

const unsupported = (message: string): ApiError => new ApiError(415, 'UnsupportedMediaType', message);

function patchObject(body: unknown): Record<string, unknown> {
  if (!isObject(body)) throw badRequest('the patch must be an object');
  return body;
}

/**
 * A text of a Secret that a patch takes back, as `kubectl apply` does with what a later manifest no longer has, is a value by then. To keep it
 * would leave a withdrawn credential where it is.
 */
function withoutWithdrawn(patched: unknown, patch: unknown): unknown {
  const texts = isObject(patch) && isObject(patch.stringData) ? patch.stringData : {};
  const withdrawn = Object.keys(texts).filter((key) => texts[key] === null);
  if (withdrawn.length === 0 || !isObject(patched) || !isObject(patched.data)) return patched;
  const data = Object.entries(patched.data).filter(([key]) => !withdrawn.includes(key));
  return { ...patched, data: Object.fromEntries(data) };
}

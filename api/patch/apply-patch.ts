import jsonPatch, { type Operation } from 'fast-json-patch';
import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ApiError, badRequest } from '../http/api-error.js';
import { isObject, mergePatch } from './merge-patch.js';
import { strategicMergePatch } from './strategic-merge-patch.js';

export type PatchFunction = (current: KubeObject) => unknown;

/**
 * Reads a PATCH request into the function that makes the next state of an object.
 *
 * @throws ApiError 415 for strategic merge of kinds that have no merge keys (as in Kubernetes, where custom kinds have none)
 */
export function readPatch(definition: KindDefinition, mediaType: string, body: unknown): PatchFunction {
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

const OPERATIONS = ['add', 'remove', 'replace', 'move', 'copy', 'test'];

function readJsonPatch(body: unknown): PatchFunction {
  const wellFormed = (entry: unknown) =>
    isObject(entry) && OPERATIONS.includes(String(entry.op)) && typeof entry.path === 'string';
  if (!Array.isArray(body) || !body.every(wellFormed)) {
    throw badRequest(
      `a JSON patch is a list of operations, each with "path" and "op", one of ${OPERATIONS.join(', ')}`,
    );
  }
  return (current) => {
    try {
      return jsonPatch.applyPatch(structuredClone(current), body as Operation[], true).newDocument;
    } catch (error) {
      throw patchFailure(error);
    }
  };
}

function patchFailure(error: unknown): unknown {
  if (!(error instanceof jsonPatch.JsonPatchError)) return error;
  const operation = error.operation as { op: string; path: string } | undefined;
  const where = operation ? `${operation.op} ${operation.path}` : 'the patch';
  const why =
    error.name === 'TEST_OPERATION_FAILED'
      ? 'the object holds another value'
      : 'the object has nothing at this path, or the operation lacks a part';
  return new ApiError(422, 'Invalid', `the JSON patch cannot be applied: ${where}: ${why}`, {
    causes: [{ field: operation?.path, reason: 'FieldValueInvalid', message: why }],
  });
}

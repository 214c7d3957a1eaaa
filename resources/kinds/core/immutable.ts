import type { FieldError } from '../../meta/kind-definition.js';
import type { KubeObject } from '../../meta/kube-object.js';

const CONTENT = ['data', 'binaryData', 'stringData', 'immutable'] as const;

/** Refuses changes of a Secret or ConfigMap that says it is immutable. */
export const immutableErrors = (object: KubeObject, previous?: KubeObject): FieldError[] =>
  previous?.immutable
    ? CONTENT.filter((field) => JSON.stringify(object[field]) !== JSON.stringify(previous[field])).map((field) => ({
        field,
        reason: 'FieldValueForbidden',
        message: 'cannot be changed, because the object is immutable; delete it and create it again',
      }))
    : [];

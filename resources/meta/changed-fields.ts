import type { z } from 'zod';
import type { KubeObject } from './kube-object.js';

/** Fields of the spec that an update changes. Defaults filled in and the order of keys are not changes. */
export function changedFields<Shape extends z.core.$ZodLooseShape>(
  spec: z.ZodObject<Shape>,
  object: KubeObject,
  previous: KubeObject,
): (keyof Shape & string)[] {
  const before = spec.safeParse(previous.spec).data ?? previous.spec;
  const fields = Object.keys(spec.shape) as (keyof Shape & string)[];
  return fields.filter((field) => JSON.stringify(object.spec[field]) !== JSON.stringify(before[field]));
}

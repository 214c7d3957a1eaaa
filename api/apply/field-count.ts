import { type FieldType, shapeOf, typeOfKey } from './field-type.js';

/** Whether an object has more fields than that with owners of their own. Looks no further than it has to. */
export const hasMoreFields = (type: FieldType, value: unknown, limit: number): boolean =>
  countUpTo(type, value, limit) > limit;

function countUpTo(type: FieldType, value: unknown, limit: number): number {
  const shape = shapeOf(type, value);
  if (shape.form === 'leaf') return 1;
  let count = 1;
  const parts = shape.form === 'list' ? shape.value : Object.keys(shape.value);
  for (const part of parts) {
    if (count > limit) break;
    const child = shape.form === 'list' ? shape.type.item : typeOfKey(shape.type, part as string);
    if (child) count += countUpTo(child, shape.form === 'list' ? part : shape.value[part as string], limit - count);
  }
  return count;
}

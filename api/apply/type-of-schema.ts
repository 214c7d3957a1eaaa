import { z } from 'zod';
import { ANY, type FieldType, LEAF, type ListType } from './field-type.js';
import type { Scalar } from './path-element.js';

/** The shape ownership sees in a schema. Lists are leaves unless the schema says in Kubernetes' words that their entries have names. */
export function typeOfSchema(schema: unknown): FieldType {
  if (isWrapped(schema)) return typeOfSchema(schema.unwrap());
  if (schema instanceof z.ZodObject) {
    const fields = Object.entries(schema.shape).map(([key, child]): [string, FieldType] => [key, typeOfSchema(child)]);
    const others = schema.def.catchall;
    const closed = others === undefined || others instanceof z.ZodNever;
    return { form: 'map', fields: new Map(fields), ...(!closed && { rest: ANY }) };
  }
  if (schema instanceof z.ZodRecord) return { form: 'map', fields: new Map(), rest: typeOfSchema(schema.valueType) };
  if (schema instanceof z.ZodArray) return listOf(schema);
  return schema instanceof z.ZodUnknown || schema instanceof z.ZodAny ? ANY : LEAF;
}

function listOf(schema: z.ZodArray): FieldType {
  const meta = schema.meta() ?? {};
  const item = typeOfSchema(schema.element);
  if (meta['x-kubernetes-list-type'] === 'set') return { form: 'list', item };
  if (meta['x-kubernetes-list-type'] !== 'map') return LEAF;
  const names = meta['x-kubernetes-list-map-keys'] as readonly string[];
  return { form: 'list', item, keys: keysOf(schema.element, names) };
}

const keysOf = (item: unknown, names: readonly string[]): ListType['keys'] =>
  new Map(names.map((name) => [name, item instanceof z.ZodObject ? defaultOf(item.shape[name]) : undefined]));

const defaultOf = (schema: unknown): Scalar | undefined =>
  schema instanceof z.ZodDefault ? (schema.def.defaultValue as Scalar) : undefined;

type Wrapped = z.ZodOptional | z.ZodDefault | z.ZodPrefault;

const isWrapped = (schema: unknown): schema is Wrapped =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;

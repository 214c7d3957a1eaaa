import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import { objectSchema } from '../admission/object-schema.js';
import { FieldSet } from './field-set.js';
import type { FieldType } from './field-type.js';
import { fieldElement } from './path-element.js';
import { typeOfSchema } from './type-of-schema.js';

function build(definition: KindDefinition): FieldType {
  const whole = typeOfSchema(objectSchema(definition));
  if (whole.form !== 'map' || !definition.status) return whole;
  return { ...whole, fields: new Map([...whole.fields, ['status', typeOfSchema(definition.status)]]) };
}

const types = new Map<KindDefinition, FieldType>();

export function typeOfKind(definition: KindDefinition): FieldType {
  const type = types.get(definition) ?? build(definition);
  types.set(definition, type);
  return type;
}

/** What a write through an endpoint leaves as it is: the status, or all but the status. */
export function ignoredBy(definition: KindDefinition, subresource: 'status' | undefined): FieldSet {
  if (!definition.hasStatus) return new FieldSet();
  const fields = ['apiVersion', 'kind', 'metadata', 'spec', ...Object.keys(definition.fields ?? {})];
  return FieldSet.of(...(subresource ? fields : ['status']).map((name) => [fieldElement(name)]));
}

import { InitialSchema1764547200000 } from './initial-schema-1764547200000.js';

/** Every change of the schema, in order; one that was released is never edited. */
export const SCHEMA_CHANGES = [InitialSchema1764547200000];

import { InitialSchema1764547200000 } from './initial-schema-1764547200000.js';

/**
 * Every change of the schema, in order; one that was released is never edited, and those after the first only add. One that former versions
 * must not work beside sets `schema_readers.min_reader_version` to its own version.
 */
export const SCHEMA_CHANGES = [InitialSchema1764547200000];

/** The time in its name. */
export const versionOf = (name: string): number => Number(/\d{13}$/.exec(name)?.[0]);

import { InitialSchema1763683200000 } from './initial-schema-1763683200000.js';
import { PlansOfRuns1763769600000 } from './plans-of-runs-1763769600000.js';

/** Every change of the schema, in order; one that was released is never edited. */
export const SCHEMA_CHANGES = [InitialSchema1763683200000, PlansOfRuns1763769600000];

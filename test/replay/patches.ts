import type { Patch } from '../kit/temporal/patch-rules.js';

/** Every patch there is in workflow code; see docs/releasing.md. */
export const PATCHES: readonly Patch[] = [];

/** A place where workflow code still does for a released history what it did then. */
export interface Patch {
  /** `<release whose histories need it>-<what>`, e.g. `1.2-checks-quota-first`. */
  id: string;
  /** The minor release that calls `deprecatePatch`: no history of before it is open any more. */
  deprecatedIn: string;
  /** The minor release in which nothing of it is left. */
  goneIn: string;
}

/** Every patch there is in workflow code; see docs/releasing.md. */
export const PATCHES: readonly Patch[] = [];

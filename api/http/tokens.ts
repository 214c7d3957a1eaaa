/** Injection tokens of what `createApi` is given. */
export const STORE = Symbol('STORE');
export const TOKENS = Symbol('TOKENS');

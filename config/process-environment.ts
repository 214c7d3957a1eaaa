import type { Environment } from './variable.js';
import { isSecret } from './variables.js';

/** The one place of the product that touches `process.env`: main programs read it once and pass on what they read. */
export const processEnvironment = (): Environment => process.env;

/** What a program that we start inherits: our environment without its secrets, and what it needs besides. */
export const childEnvironment = (additions: Record<string, string> = {}): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !isSecret(name))),
  ...additions,
});

import type { z } from 'zod';

/** The processes of the product by name, with what starts each. */
export const PROCESSES = {
  api: 'npm run api',
  worker: 'npm run worker',
  'all-in-one': 'npm start',
} as const;

export type ProcessName = keyof typeof PROCESSES;

export type VariableGroup = 'service' | 'database' | 'temporal' | 'kubernetes';

/** One environment variable: how it is read and what docs/configuration.md says of it. */
export interface Variable<Value = unknown> {
  group: VariableGroup;
  /** What it does: Markdown, whole sentences. */
  meaning: string;
  /** Reads the text; its messages continue a sentence that begins with the value, as in `"x" is not a port number`. */
  schema: z.ZodType<Value, string>;
  /** What it is set to where it is not set. */
  default?: string;
  /** In words, what happens where it is not set and there is no `default`. */
  otherwise?: string;
  processes: readonly ProcessName[];
  /** Those of `processes` that do not start without it. */
  required?: readonly ProcessName[];
  /** Its value is never shown: not in messages, not to programs that are started. */
  secret?: boolean;
  /** What to do when it is missing or wrong, as a whole sentence. */
  remedy: string;
}

export const variable = <Value>(description: Variable<Value>): Variable<Value> => description;

/** Environment variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

import type { Request } from 'express';
import { invalidParameter } from './api-error.js';

/** The first one wins when it is repeated, as in Kubernetes. */
function given(request: Request, name: string): string | undefined {
  const value = request.query[name];
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : undefined;
}

/** One query parameter; an empty one counts as absent. */
export const parameter = (request: Request, name: string): string | undefined => given(request, name) || undefined;

/** As Kubernetes reads a boolean: everything is true (`watch`, `watch=True`), save where it is absent, "0" or "false". */
export function flag(request: Request, name: string): boolean {
  const value = given(request, name);
  return value !== undefined && value !== '0' && value.toLowerCase() !== 'false';
}

export function wholeNumber(request: Request, name: string): number | undefined {
  const value = parameter(request, name);
  if (value === undefined) return undefined;
  if (!/^\d{1,15}$/.test(value)) throw invalidParameter(name, `must be a whole number, not ${JSON.stringify(value)}`);
  return Number(value);
}

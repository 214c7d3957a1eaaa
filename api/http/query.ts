import type { Request } from 'express';
import { invalidParameter } from './api-error.js';

/** One query parameter; the last wins when it is repeated, an empty one counts as absent. */
export function parameter(request: Request, name: string): string | undefined {
  const value = request.query[name];
  const last = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === 'string' && last !== '' ? last : undefined;
}

export function flag(request: Request, name: string): boolean {
  const value = parameter(request, name);
  if (value === undefined || value === 'false' || value === '0') return false;
  if (value === 'true' || value === '1') return true;
  throw invalidParameter(name, `must be true or false, not ${JSON.stringify(value)}`);
}

export function wholeNumber(request: Request, name: string): number | undefined {
  const value = parameter(request, name);
  if (value === undefined) return undefined;
  if (!/^\d{1,15}$/.test(value)) throw invalidParameter(name, `must be a whole number, not ${JSON.stringify(value)}`);
  return Number(value);
}

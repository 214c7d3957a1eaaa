import type { Request } from 'express';
import { invalidParameter } from './api-error.js';
import { parameter } from './query.js';

const FIELD_VALIDATION = ['Ignore', 'Warn', 'Strict'] as const;
export type FieldValidation = (typeof FIELD_VALIDATION)[number];

export interface WriteQuery {
  dryRun: boolean;
  fieldValidation: FieldValidation;
}

/** `dryRun` and `fieldValidation` of a write. */
export function readWriteQuery(request: Request): WriteQuery {
  const fieldValidation = parameter(request, 'fieldValidation') ?? 'Warn';
  if (!FIELD_VALIDATION.includes(fieldValidation as FieldValidation)) {
    throw invalidParameter('fieldValidation', `must be one of ${FIELD_VALIDATION.join(', ')}`);
  }
  return { dryRun: isDryRun(parameter(request, 'dryRun')), fieldValidation: fieldValidation as FieldValidation };
}

export function isDryRun(value: string | undefined): boolean {
  if (value !== undefined && value !== 'All') throw invalidParameter('dryRun', 'must be All where it is given');
  return value === 'All';
}

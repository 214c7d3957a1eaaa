import { describe, expect, it } from 'vitest';
import { forWorkflows, hasCommitted, hookDoneFact, type RunFacts } from './facts.js';
import { HOOK_PHASES } from './run-record.js';

describe('the facts of a run', () => {
  it('come to workflows without what grows with the application', () => {
    const facts: RunFacts = { quiesceOwed: true, backup: 'b', haltedWorkloads: [], settledWorkloads: [] };
    expect(forWorkflows(facts)).toEqual({ quiesceOwed: true, backup: 'b' });
  });

  it('tell of the commit point only once it is recorded', () => {
    expect(hasCommitted(undefined)).toBe(false);
    expect(hasCommitted({})).toBe(false);
    expect(hasCommitted({ commitPoint: '2026-01-01T00:00:00Z' })).toBe(true);
  });

  it('have a fact of its own for the hook of each phase', () => {
    expect(new Set(HOOK_PHASES.map(hookDoneFact)).size).toBe(HOOK_PHASES.length);
  });
});

import type { ConditionFinding } from '../../resources/meta/conditions.js';
import { isWarning } from '../../resources/meta/findings.js';
import { listSome } from '../../resources/meta/listing.js';
import type { RunWarning } from '../../resources/run/run-record.js';

/** Names in a warning of a run, whose payloads have a bound; the plan's conditions name all. */
const MOST = 20;

/** What the rules of a plan find, as a run warns of it. */
export const asRunWarnings = (findings: readonly ConditionFinding[]): RunWarning[] =>
  findings.filter(isWarning).map(({ type, reason, message, items = [] }) => ({
    type,
    reason,
    message: message.replace('[]', () => listSome(items, { most: MOST })),
  }));

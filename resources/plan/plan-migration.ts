import type { Itinerary, RunItinerary } from '../run/run-record.js';

/** One attempt of a migration of a plan, as far as the plan and its other migrations need to know it. */
export interface PlanMigration {
  name: string;
  uid: string;
  /** When it began, or, before the migration has an attempt, when that was created. RFC 3339. */
  at: string;
  itinerary: RunItinerary;
  running: boolean;
  /** Also when it did so with warnings. */
  succeeded: boolean;
  /** It passed the commit point: from then on a failure does not bring the former state back. */
  committed: boolean;
}

/** Itineraries after which the application lives on what was copied. A state migration brings volumes only. */
const MOVES: readonly RunItinerary[] = ['Final', 'Conversion'];

/**
 * Migrations whose effects still hold: those after the newest rollback that succeeded.
 *
 * @param migrations the oldest first
 */
export function sinceRollback<Migration extends { itinerary: Itinerary; succeeded: boolean }>(
  migrations: readonly Migration[],
): Migration[] {
  const rollback = migrations.findLastIndex(({ itinerary, succeeded }) => itinerary === 'Rollback' && succeeded);
  return migrations.slice(rollback + 1);
}

/**
 * The migration that makes further ones wait for a rollback; undefined while the application still belongs to the source. A conversion
 * without quiesce is a stage: it succeeds without a commit point.
 *
 * @param migrations the oldest first
 */
export const cutoverOf = (migrations: readonly PlanMigration[]): PlanMigration | undefined =>
  sinceRollback(migrations).findLast(movedApplication);

const movedApplication = ({ itinerary, succeeded, committed }: PlanMigration): boolean =>
  MOVES.includes(itinerary) && (committed || (succeeded && itinerary === 'Final'));

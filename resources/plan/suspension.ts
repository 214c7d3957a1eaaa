import type { ConditionFinding } from '../meta/conditions.js';
import { advisory } from '../meta/findings.js';
import { cutoverOf, type PlanMigration } from './plan-migration.js';

/**
 * While a migration runs, and once the application has moved, the clusters no longer look as the plan was made for: its volumes are
 * not discovered again and keep what was chosen. `spec.refresh` looks all the same.
 */
export function suspensionFindings(migrations: readonly PlanMigration[]): ConditionFinding[] {
  const running = migrations.find((migration) => migration.running);
  if (running) {
    return [
      advisory(
        'Suspended',
        'MigrationRunning',
        `MigMigration ${running.name} is running: volumes are not discovered until it ends.`,
      ),
    ];
  }
  const cutover = cutoverOf(migrations);
  if (!cutover) return [];
  return [
    advisory(
      'Suspended',
      'ApplicationMoved',
      cutover.itinerary === 'Conversion'
        ? `MigMigration ${cutover.name} has given the application its new volumes: they are not discovered any more.`
        : `MigMigration ${cutover.name} has moved the application to the target: volumes are not discovered any more.`,
    ),
  ];
}

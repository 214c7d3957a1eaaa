/** A migration of a plan, as far as the plan and its other migrations need to know it. */
export interface PlanMigration {
  name: string;
  uid: string;
  /** RFC 3339 */
  createdAt: string;
  /** Neither a stage nor a rollback. */
  cutover: boolean;
  running: boolean;
  /** A cutover that succeeded, or failed after its commit point: the application belongs to the target since. */
  movedApplication: boolean;
}

/** The migration that makes further ones wait for a rollback; undefined while the application still belongs to the source. */
export const cutoverOf = (migrations: readonly PlanMigration[]): PlanMigration | undefined =>
  migrations.findLast(({ movedApplication }) => movedApplication);

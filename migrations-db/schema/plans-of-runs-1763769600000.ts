import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Runs are found by their plan, and a rollback goes before all others that wait for it. */
export class PlansOfRuns1763769600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX runs_plan ON runs ((record #>> '{plan,uid}'));

      ALTER TABLE plan_queue ADD COLUMN rank smallint;
      UPDATE plan_queue SET rank = CASE WHEN stage THEN 1 ELSE 2 END;
      ALTER TABLE plan_queue ALTER COLUMN rank SET NOT NULL;
      ALTER TABLE plan_queue DROP COLUMN stage;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE plan_queue ADD COLUMN stage boolean;
      UPDATE plan_queue SET stage = rank = 1;
      ALTER TABLE plan_queue ALTER COLUMN stage SET NOT NULL;
      ALTER TABLE plan_queue DROP COLUMN rank;

      DROP INDEX runs_plan;
    `);
  }
}

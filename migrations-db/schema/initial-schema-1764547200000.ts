import type { MigrationInterface, QueryRunner } from 'typeorm';

export class InitialSchema1764547200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE resources (
        uid text PRIMARY KEY,
        kind text COLLATE "C" NOT NULL,
        namespace text COLLATE "C" NOT NULL,
        name text COLLATE "C" NOT NULL,
        revision bigint NOT NULL,
        object jsonb NOT NULL,
        keys jsonb NOT NULL,
        status_attempt integer NOT NULL DEFAULT 0,
        status_revision bigint NOT NULL DEFAULT 0
      );
      CREATE UNIQUE INDEX resources_identity ON resources (kind, namespace, name);
      -- Without fastupdate: a list would have to look through the entries that wait to be sorted in.
      CREATE INDEX resources_keys ON resources USING gin (keys jsonb_path_ops) WITH (fastupdate = off);
      CREATE INDEX resources_owned ON resources (uid) WHERE keys ? 'owners';

      CREATE TABLE schema_readers (
        id smallint PRIMARY KEY DEFAULT 1,
        min_reader_version bigint NOT NULL,
        CONSTRAINT schema_readers_single CHECK (id = 1)
      );
      INSERT INTO schema_readers (min_reader_version) VALUES (1764547200000);

      CREATE TABLE revision (
        id smallint PRIMARY KEY DEFAULT 1,
        value bigint NOT NULL,
        compacted_to bigint NOT NULL DEFAULT 0,
        CONSTRAINT revision_single CHECK (id = 1)
      );
      INSERT INTO revision (value) VALUES (1);

      CREATE TABLE changes (
        revision bigint PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now(),
        type text NOT NULL,
        actor text NOT NULL,
        verb text NOT NULL,
        uid text NOT NULL,
        kind text NOT NULL,
        namespace text NOT NULL,
        name text NOT NULL,
        object jsonb NOT NULL,
        previous jsonb
      );
      CREATE INDEX changes_kind_revision ON changes (kind, revision);

      CREATE TABLE secret_values (
        secret_uid text NOT NULL,
        name text NOT NULL,
        key_id text NOT NULL,
        nonce bytea NOT NULL,
        ciphertext bytea NOT NULL,
        tag bytea NOT NULL,
        address jsonb,
        PRIMARY KEY (secret_uid, name),
        CONSTRAINT secret_values_secret FOREIGN KEY (secret_uid) REFERENCES resources (uid)
          ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
      );

      CREATE TABLE outbox (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        uid text NOT NULL,
        kind text NOT NULL,
        namespace text NOT NULL,
        name text NOT NULL,
        change text NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        leased_by text,
        leased_until timestamptz,
        written_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX outbox_uid ON outbox (uid, id);

      CREATE TABLE runs (
        uid text NOT NULL,
        attempt integer NOT NULL,
        kind text NOT NULL,
        namespace text NOT NULL,
        name text NOT NULL,
        itinerary text NOT NULL,
        state text NOT NULL,
        record jsonb,
        facts jsonb NOT NULL DEFAULT '{}',
        workflow_id text NOT NULL,
        plan_uid text NOT NULL,
        source jsonb,
        target jsonb,
        started_at timestamptz NOT NULL DEFAULT now(),
        ended_at timestamptz,
        PRIMARY KEY (uid, attempt)
      );
      CREATE INDEX runs_plan ON runs (plan_uid, started_at);
      CREATE INDEX runs_open ON runs (uid, attempt) WHERE ended_at IS NULL;
      CREATE INDEX runs_ended ON runs (ended_at);

      CREATE TABLE run_steps (
        uid text NOT NULL,
        attempt integer NOT NULL,
        name text NOT NULL,
        state text NOT NULL,
        message text,
        started_at timestamptz,
        ended_at timestamptz,
        first_recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (uid, attempt, name)
      );

      CREATE TABLE volume_transfers (
        uid text NOT NULL,
        attempt integer NOT NULL,
        volume_id text NOT NULL,
        pass text NOT NULL,
        phase text NOT NULL,
        total_bytes bigint NOT NULL,
        done_bytes bigint NOT NULL,
        sent_bytes bigint NOT NULL,
        files bigint NOT NULL,
        files_total bigint NOT NULL,
        rate double precision NOT NULL,
        eta_seconds double precision,
        copy_attempt integer NOT NULL,
        pod_name text,
        started_at timestamptz,
        ended_at timestamptz,
        message text,
        PRIMARY KEY (uid, attempt, volume_id, pass)
      );

      CREATE TABLE run_logs (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        uid text NOT NULL,
        attempt integer NOT NULL,
        at timestamptz NOT NULL,
        source text NOT NULL,
        text text NOT NULL
      );
      CREATE INDEX run_logs_run ON run_logs (uid, attempt, id);

      CREATE TABLE created_objects (
        run_uid text NOT NULL,
        cluster text NOT NULL,
        object_uid text NOT NULL,
        attempt integer NOT NULL,
        api_version text NOT NULL,
        kind text NOT NULL,
        namespace text NOT NULL,
        name text NOT NULL,
        PRIMARY KEY (run_uid, cluster, object_uid)
      );

      CREATE TABLE plan_queue (
        plan_uid text NOT NULL,
        run_uid text NOT NULL,
        attempt integer NOT NULL,
        namespace text NOT NULL,
        name text NOT NULL,
        rank smallint NOT NULL,
        running boolean NOT NULL DEFAULT false,
        position bigserial NOT NULL,
        PRIMARY KEY (plan_uid, run_uid)
      );
      CREATE UNIQUE INDEX plan_queue_one_running ON plan_queue (plan_uid) WHERE running;

      CREATE TABLE copy_places (
        cluster text NOT NULL,
        run_uid text NOT NULL,
        attempt integer NOT NULL,
        volume_id text NOT NULL,
        rank smallint NOT NULL,
        held boolean NOT NULL DEFAULT false,
        position bigserial NOT NULL,
        PRIMARY KEY (cluster, run_uid, attempt, volume_id)
      );
      CREATE INDEX copy_places_run ON copy_places (run_uid, attempt);

      CREATE TABLE leases (
        name text PRIMARY KEY,
        holder text NOT NULL,
        until timestamptz NOT NULL
      );

      CREATE TABLE namespace_locks (
        cluster_uid text NOT NULL,
        namespace text NOT NULL,
        side text NOT NULL,
        plan_uid text NOT NULL,
        run_uid text NOT NULL,
        plan text NOT NULL,
        run text NOT NULL,
        PRIMARY KEY (cluster_uid, namespace, side),
        CONSTRAINT namespace_locks_place FOREIGN KEY (plan_uid, run_uid) REFERENCES plan_queue (plan_uid, run_uid)
          ON DELETE CASCADE
      );
      CREATE INDEX namespace_locks_plan ON namespace_locks (plan_uid);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE copy_places, leases, namespace_locks, plan_queue, created_objects, run_logs, volume_transfers, run_steps, runs, outbox, secret_values, changes,
        revision, schema_readers, resources
    `);
  }
}

import type { Database } from './database.js';
import type { LeaseRepository } from './migration-store.js';

/** By the clock of the database: that of a process may be wrong, or does not advance while the process is frozen. */
export class PostgresLeaseRepository implements LeaseRepository {
  constructor(private readonly database: Database) {}

  async take(name: string, holder: string, seconds: number): Promise<boolean> {
    const rows: unknown[] = await this.database.run((manager) =>
      manager.query(
        `INSERT INTO leases AS held (name, holder, until) VALUES ($1, $2, now() + make_interval(secs => $3))
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
           WHERE held.holder = excluded.holder OR held.until < now()
         RETURNING name`,
        [name, holder, seconds],
      ),
    );
    return rows.length > 0;
  }

  async release(name: string, holder: string): Promise<void> {
    await this.database.run((manager) =>
      manager.query('DELETE FROM leases WHERE name = $1 AND holder = $2', [name, holder]),
    );
  }
}

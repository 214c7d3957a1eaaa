import type { Database } from './database.js';
import type { SecretRepository } from './migration-store.js';
import type { SecretValueEntity } from './schema/secret-value-entity.js';
import type { SecretValues } from './secret-values.js';

export class PostgresSecretRepository implements SecretRepository {
  constructor(
    private readonly database: Database,
    private readonly secretValues: SecretValues,
  ) {}

  async read(
    namespace: string,
    name: string,
  ): Promise<{ values: Record<string, Buffer>; revision: string } | undefined> {
    // One statement, so that values and revision are of one moment.
    const rows: (SecretValueEntity & { revision: string })[] = await this.database.run((manager) =>
      manager.query(
        `SELECT r.revision, v.secret_uid AS "secretUid", v.name, v.key_id AS "keyId", v.nonce, v.ciphertext, v.tag
         FROM resources r LEFT JOIN secret_values v ON v.secret_uid = r.uid
         WHERE r.kind = 'Secret' AND r.namespace = $1 AND r.name = $2`,
        [namespace, name],
      ),
    );
    const [first] = rows;
    if (!first) {
      return undefined;
    }
    const stored = rows.filter((row) => row.name !== null);
    return {
      values: Object.fromEntries(stored.map((row) => [row.name, this.secretValues.read(row)])),
      revision: first.revision,
    };
  }
}

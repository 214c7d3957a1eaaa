import type { Database } from './database.js';
import type { CredentialAddress, SecretRepository, StoredSecret } from './migration-store.js';
import { ResourceEntity } from './schema/resource-entity.js';
import { SecretValueEntity } from './schema/secret-value-entity.js';
import type { SecretValues } from './secret-values.js';

export class PostgresSecretRepository implements SecretRepository {
  constructor(
    private readonly database: Database,
    private readonly secretValues: SecretValues,
  ) {}

  async read(namespace: string, name: string): Promise<StoredSecret | undefined> {
    // One statement, so that values and revision are of one moment.
    const rows: (SecretValueEntity & { revision: string })[] = await this.database.run((manager) =>
      manager.query(
        `SELECT r.revision, v.secret_uid AS "secretUid", v.name, v.key_id AS "keyId", v.nonce, v.ciphertext, v.tag, v.address
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
      addresses: Object.fromEntries(stored.flatMap((row) => (row.address ? [[row.name, row.address]] : []))),
      revision: first.revision,
    };
  }

  tie(
    { namespace, name, revision }: { namespace: string; name: string; revision: string },
    key: string,
    to: CredentialAddress,
  ): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      // Whoever writes the Secret locks this row first: the value is the one that was read.
      const secret = await manager.findOne(ResourceEntity, {
        where: { kind: 'Secret', namespace, name, revision },
        lock: { mode: 'pessimistic_write' },
      });
      if (!secret) return false;
      const { affected } = await manager
        .createQueryBuilder()
        .update(SecretValueEntity)
        .set({ address: to })
        .where('secret_uid = :uid AND name = :key AND address IS NULL', { uid: secret.uid, key })
        .execute();
      return affected === 1;
    });
  }
}

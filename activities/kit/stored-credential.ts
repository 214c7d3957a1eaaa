import type { CredentialAddress, MigrationStore, StoredSecret } from '../../migrations-db/migration-store.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';

/** What a value of a Secret is wanted for. */
export interface CredentialUse {
  secret: { namespace: string; name: string };
  /** Key of the value that must not reach another address. */
  key: string;
  /** What names the Secret, e.g. `MigCluster prod`. */
  user: string;
  /** Whether the value may be sent to where the user wants it, if it was first sent to this address. */
  admits(tied: CredentialAddress): boolean;
  /** Where the user wants it, in words. */
  wanted: string;
  describe(tied: CredentialAddress): string;
  /** The address to tie the value to at its first use, once it is known to be there; undefined to leave that to a later use. */
  first(): Promise<CredentialAddress | undefined>;
}

/** The value was given for another address. Nothing was sent. */
export class CredentialForOtherAddress extends StepFailure {
  constructor({ secret, key, user, wanted, describe }: CredentialUse, tied: CredentialAddress) {
    const name = `Secret ${secret.namespace}/${secret.name}`;
    super({
      type: FAILURE.CredentialsRejected,
      what: 'The stored credential was given for another address, so it was not sent',
      where: `${user}, ${name}`,
      why: `Key ${key} was first used for ${describe(tied)}; it is wanted for ${wanted}.`,
      next: `If that is right, write the value of key ${key} into ${name} again; otherwise put the former address back.`,
    });
  }
}

/** Each further round means that the Secret was written in between. */
const ROUNDS = 10;

/**
 * The newest values of a Secret, for one address: the only way by which a stored credential leaves for a server. The first use ties it to its
 * address, and writing the value frees it. Undefined when there is no such Secret.
 *
 * @throws CredentialForOtherAddress
 */
export async function readCredential(
  store: Pick<MigrationStore, 'secrets'>,
  use: CredentialUse,
): Promise<(Pick<StoredSecret, 'values'> & { address?: CredentialAddress }) | undefined> {
  const { namespace, name } = use.secret;
  for (let round = 0; round < ROUNDS; round += 1) {
    const stored = await store.secrets.read(namespace, name);
    if (!stored?.values[use.key]?.length) return stored && { values: stored.values };
    const { values, addresses, revision } = stored;
    const tied = addresses[use.key];
    if (tied) {
      if (use.admits(tied)) return { values, address: tied };
      throw new CredentialForOtherAddress(use, tied);
    }
    const address = await use.first();
    if (!address) return { values };
    // Read again, whether it was tied now, or written or tied by another since.
    await store.secrets.tie({ namespace, name, revision }, use.key, address);
  }
  throw new Error(`Secret ${namespace}/${name} is written again and again; it is tried later.`);
}

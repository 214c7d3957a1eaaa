import { fstat } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Where what holds a credential is written to. */
export interface PrivateOutput {
  write(text: string): Promise<void>;
  /** Leaves nothing behind of a file that was made. */
  discard(): Promise<void>;
}

const OTHERS = 0o077;

/**
 * A new file that its owner alone can read, or without a name the standard output. Made at once, so that what is refused is refused
 * before the credential is made.
 *
 * @param standard descriptor of the standard output
 * @throws Error for a file that is there already, or a standard output that goes into a file which others can read
 */
export async function openOutput(file: string | undefined, standard = 1): Promise<PrivateOutput> {
  if (file === undefined) {
    const stats = await promisify(fstat)(standard);
    if (stats.isFile() && (stats.mode & OTHERS) !== 0) {
      throw new Error(
        'Standard output goes into a file that others can read, and the token is as good as an administrator. Nothing was changed. ' +
          'Use --output FILE, which makes a file for its owner alone.',
      );
    }
    return { write: writeStandard, discard: async () => undefined };
  }
  const handle = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'EEXIST' ? 'it is there already' : (error.code ?? 'unknown');
    throw new Error(`--output ${file} cannot be made (${why}). Nothing was changed. Name a file that is not there.`);
  });
  return {
    async write(text) {
      await handle.writeFile(text);
      await handle.close();
    },
    async discard() {
      await handle.close();
      await rm(file, { force: true });
    },
  };
}

const writeStandard = (text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });

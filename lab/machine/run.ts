import { basename } from 'node:path';
import { ExecaError, execa, type Options } from 'execa';

/** Debian's root shells may lack the sbin folders, where `ip`, `iptables` and others are; Go is often in none. */
export const systemPath = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin:/usr/local/go/bin`;

/**
 * Runs a program to its end and returns what it printed.
 * @throws when it fails, with what it said; with `reject: false` its output is returned all the same
 */
export async function run(program: string, args: string[], options: Options = {}): Promise<string> {
  try {
    const result = await execa(program, args, { ...options, env: { ...options.env, PATH: systemPath } });
    return String(result.stdout ?? '');
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    if (error.code === 'ENOENT') throw new Error(`${program} is not installed.`, { cause: error });
    const said = String(error.stderr ?? '').trim();
    throw new Error(`${basename(program)} ${args[0] ?? ''}: ${said || error.shortMessage}`, { cause: error });
  }
}

/** Whether a program ends with 0. */
export async function succeeds(program: string, args: string[]): Promise<boolean> {
  const result = await execa(program, args, { env: { PATH: systemPath }, reject: false });
  return result.exitCode === 0;
}

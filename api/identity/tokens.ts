import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Caller } from '../http/roles.js';
import { parseTokens, type TokenLine } from './token-file.js';

/** The tokens that are let in, kept as hashes: finding one by its hash tells nothing of the others by its time. */
export class Tokens {
  private callers: ReadonlyMap<string, Caller>;
  private lines: readonly TokenLine[];

  /** @throws InvalidTokenFile */
  constructor(text: string) {
    this.lines = parseTokens(text);
    this.callers = callersOf(this.lines);
  }

  /**
   * Takes another content in place of the former; false when it says the same.
   *
   * @throws InvalidTokenFile, and keeps the former
   */
  replace(text: string): boolean {
    const lines = parseTokens(text);
    if (isDeepStrictEqual(lines, this.lines)) return false;
    this.lines = lines;
    this.callers = callersOf(lines);
    return true;
  }

  callerOf(token: string): Caller | undefined {
    return this.callers.get(digest(token));
  }

  /** The first token that may do everything: that of the kubeconfig. */
  get admin(): string {
    return this.lines.find(({ role }) => role === 'admin')?.token ?? '';
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64');

const callersOf = (lines: readonly TokenLine[]): Map<string, Caller> =>
  new Map(lines.map(({ token, ...caller }) => [digest(token), caller]));

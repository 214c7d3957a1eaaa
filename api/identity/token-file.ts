import { ROLES, type Role } from '../http/roles.js';

export interface TokenLine {
  token: string;
  role: Role;
  /** Shown in the history of changes. */
  name: string;
}

/** Names the line, never what stands in it. */
export class InvalidTokenFile extends Error {
  override readonly name = 'InvalidTokenFile';
}

const LONGEST = 64 * 1024;

/**
 * The content of the token file: a line for each token, `<token>[,<role>[,<name>]]`. Role is admin unless named, name is mtc- with the role.
 * Empty lines and those that begin with # mean nothing.
 *
 * @throws InvalidTokenFile
 */
export function parseTokens(text: string): TokenLine[] {
  if (text.length > LONGEST) throw new InvalidTokenFile(`the token file has more than ${LONGEST} characters`);
  const lines = text.split(/\r?\n/).flatMap((line, index) => {
    const content = line.trim();
    return content === '' || content.startsWith('#') ? [] : [parseLine(content, index + 1)];
  });
  if (!lines.some(({ role }) => role === 'admin')) {
    throw new InvalidTokenFile('the token file has no token of role admin');
  }
  const repeated = lines.find(({ token }, index) => lines.findIndex((other) => other.token === token) !== index);
  if (repeated) throw new InvalidTokenFile(`the token file has one token twice, once as ${repeated.name}`);
  return lines;
}

function parseLine(content: string, number: number): TokenLine {
  const [token = '', role = 'admin', name = `mtc-${role}`, ...more] = content.split(',').map((word) => word.trim());
  const wrong = (why: string) => new InvalidTokenFile(`line ${number} of the token file ${why}`);
  if (!/^[\x21-\x7e]+$/.test(token)) throw wrong('has no token, or one with spaces: write <token>,<role>,<name>');
  if (!isRole(role)) throw wrong(`names an unknown role: write one of ${ROLES.join(', ')} after the comma`);
  if (!/^[\w.@:-]{1,63}$/.test(name) || more.length > 0) {
    throw wrong('has a name with other characters than letters, digits and ._@:- or more than three parts');
  }
  return { token, role, name };
}

const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text);

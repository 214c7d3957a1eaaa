// cspell:ignore LOGNAME DYLD userconfig
import type { Environment } from './variable.js';

/** The one place of the product that touches `process.env`: main programs read it once and pass on what they read. */
export const processEnvironment = (): Environment => process.env;

/** What any program may need to find its files and libraries, its language and the time. */
const FOR_ALL =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_[A-Z]+|TZ|TMPDIR|TMP|TEMP|LD_LIBRARY_PATH|DYLD_[A-Z_]+|SystemRoot)$/;

/** What building one needs besides: the settings of npm and Go, proxies, authorities, the folder of the lab. */
const FOR_BUILDS =
  /^(GO[A-Z0-9]*|CGO_[A-Z]+|LAB_[A-Z_]+|XDG_[A-Z_]+|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|npm_config_(cache|registry|userconfig))$|^(https?|no)_proxy$/i;

/**
 * What a program that we start inherits: named variables, and what it needs besides. A server outlives us, and whoever may read its
 * environment must find nothing of ours there.
 */
export const childEnvironment = (additions: Record<string, string> = {}): NodeJS.ProcessEnv => ({
  ...inherited(FOR_ALL),
  ...additions,
});

/** The same for a program that builds another, and ends. */
export const buildEnvironment = (): NodeJS.ProcessEnv => ({ ...inherited(FOR_ALL), ...inherited(FOR_BUILDS) });

const inherited = (names: RegExp): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => names.test(name)));

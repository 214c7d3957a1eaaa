import { readBuildId } from './build-id.js';
import type { Versioning } from './versioning.js';

export const VERSIONING_MODES = ['on', 'manual', 'off'] as const;
export type VersioningMode = (typeof VERSIONING_MODES)[number];

/**
 * MTC_WORKER_VERSIONING and MTC_BUILD_ID; undefined when the worker is to have no version.
 *
 * @throws Error naming the variable that is wrong
 */
export async function versioningFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  otherwise: VersioningMode,
): Promise<Versioning | undefined> {
  const { MTC_WORKER_VERSIONING: given, MTC_BUILD_ID: buildId } = environment;
  const mode = VERSIONING_MODES.find((known) => known === (given || otherwise));
  if (mode === undefined) {
    throw new Error(`MTC_WORKER_VERSIONING is "${given}"; it is one of ${VERSIONING_MODES.join(', ')}.`);
  }
  if (mode === 'off') return undefined;
  if (buildId && !/^[\w.-]{1,100}$/.test(buildId)) {
    throw new Error(
      `MTC_BUILD_ID is "${buildId}"; it has at most 100 letters, digits, dots, dashes and underscores, or is left out.`,
    );
  }
  return { buildId: buildId || (await readBuildId()), takesOver: mode === 'on' };
}

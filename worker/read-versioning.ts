import type { WorkConfig } from '../config/read-config.js';
import { readBuildId } from './build-id.js';
import type { Versioning } from './versioning.js';

type Given = WorkConfig['versioning'];

/**
 * How this process is told from other builds; undefined when it has no version.
 *
 * @param otherwise the mode where none is given
 */
export async function readVersioning(
  { mode, buildId }: Given,
  otherwise: NonNullable<Given['mode']>,
): Promise<Versioning | undefined> {
  const chosen = mode ?? otherwise;
  if (chosen === 'off') return undefined;
  return { buildId: buildId ?? (await readBuildId()), takesOver: chosen === 'on' };
}

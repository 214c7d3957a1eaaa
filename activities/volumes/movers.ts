import type { RunVolume, VolumeMover } from '../../resources/run/run-record.js';
import type { Mover } from './mover.js';
import { rsync } from './rsync/index.js';

/** Every way in which a volume may get across. */
const MOVERS: Record<VolumeMover['name'], Mover> = { rsync };

/** The one that the run record names for a volume. */
export const moverOf = ({ mover }: Pick<RunVolume, 'mover'>): Mover => MOVERS[mover.name];

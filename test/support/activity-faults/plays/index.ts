import type { Play } from '../play.js';
import { VELERO_PLAYS } from './velero.js';
import { VOLUME_PLAYS } from './volumes.js';
import { WORKLOAD_PLAYS } from './workloads.js';

export const PLAYS: readonly Play[] = [...WORKLOAD_PLAYS, ...VOLUME_PLAYS, ...VELERO_PLAYS];

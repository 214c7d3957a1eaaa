import type { ClusterSide } from '../../../../resources/run/run-record.js';

export const SIDES: readonly ClusterSide[] = ['source', 'target'];

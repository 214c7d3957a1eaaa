import type { Mover } from '../mover.js';
import { settleTargetVolume } from '../settle-target-volume.js';
import { clientPodName } from './client-pod-name.js';
import { copy } from './copy.js';
import { prepare } from './prepare.js';
import { remove } from './remove.js';

/** From pod to pod: a server on the target has the target volume mounted, a client on the source sends into it, in TLS. */
export const rsync: Mover = {
  prepare,
  firstPod: ({ run, volume }, pass) => clientPodName(run, volume.key, pass, 1),
  copy,
  settle: settleTargetVolume,
  remove,
};

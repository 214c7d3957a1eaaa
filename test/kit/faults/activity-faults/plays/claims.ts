import type { RunRecord } from '../../../../../resources/run/run-record.js';
import type { ActivityScene, SceneNames } from '../activity-scene.js';
import type { Play } from '../play.js';
import { claim, homelessWorkloads, NO_CLASS, runVolume } from './objects.js';

/** Claims of the source namespace and the ones that take their place. */
const CONVERTED = { data: 'data-new', 'log-db-0': 'log-new-db-0' };

/** A conversion: both sides are one cluster and one namespace. */
function conversion(names: SceneNames): Partial<RunRecord> {
  const { namespace, cluster } = names;
  return {
    itinerary: 'Conversion',
    target: cluster.source,
    namespaces: [{ source: namespace.source, target: namespace.source }],
    volumes: Object.entries(CONVERTED).map(([name, counterpart]) =>
      runVolume(names, name, { namespace: namespace.source, claim: counterpart }),
    ),
  };
}

/** Every kind of workload uses a claim, the StatefulSet one of its own besides; all are halted. */
async function haltedUsers(scene: ActivityScene): Promise<void> {
  const workloads = homelessWorkloads(
    {},
    { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
  );
  const claims = [...Object.values(CONVERTED), 'data'].map((name) => claim(name));
  const spec = {
    accessModes: ['ReadWriteOnce'],
    storageClassName: NO_CLASS,
    resources: { requests: { storage: '1Gi' } },
  };
  const withTemplates = workloads.map((workload) =>
    workload.kind === 'StatefulSet'
      ? { ...workload, spec: { ...workload.spec, volumeClaimTemplates: [{ metadata: { name: 'log' }, spec }] } }
      : workload,
  );
  await scene.put('source', ...claims, ...withTemplates);
  await scene.perform('quiesceApplications');
  await scene.perform('waitForQuiesce');
}

async function swapped(scene: ActivityScene): Promise<void> {
  await haltedUsers(scene);
  await scene.perform('swapClaims', { direction: 'forward' });
}

/** What is kept of a workload while it is replaced is kept again when its controller writes its status at that moment. */
const mayRepeat = /controllerrevisions\.apps mtc-saved-workload/;

export const CLAIM_PLAYS: readonly Play[] = [
  {
    activity: 'swapClaims',
    when: 'forward',
    record: conversion,
    mayRepeat,
    async prepare(scene) {
      await haltedUsers(scene);
      return { direction: 'forward' };
    },
  },
  {
    activity: 'swapClaims',
    when: 'back',
    state: 'Unwinding',
    record: conversion,
    mayRepeat,
    async prepare(scene) {
      await swapped(scene);
      return { direction: 'back' };
    },
  },
  {
    activity: 'startConverted',
    record: conversion,
    mayRepeat,
    async prepare(scene) {
      await swapped(scene);
      return undefined;
    },
  },
];

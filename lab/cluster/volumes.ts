import { join } from 'node:path';
import { stringify } from 'yaml';
import { isMounted } from '../machine/mounts.js';
import { ensureService } from '../machine/processes.js';
import { run } from '../machine/run.js';
import type { ClusterPlace } from '../machine/slot.js';
import { makeFolder, writeIfChanged } from '../machine/state.js';
import type { ClusterContext } from './cluster.js';
import type { KubeClient, KubeObject } from './kube.js';

/** Size of the file system all volumes of the class `small` of one cluster share. */
const smallMebibytes = 200;

const namespace = 'local-path-storage';
const bigFolder = (place: ClusterPlace) => join(place.folder, 'volumes');
const smallFolder = (place: ClusterPlace) => join(place.folder, 'volumes-small');

/** Dynamic provisioning from folders of this machine. `helperImage` has a shell, mkdir and rm. */
export async function ensureVolumes(context: ClusterContext, client: KubeClient, helperImage: string): Promise<void> {
  const { place, programs, inside } = context;
  await makeFolder(bigFolder(place));
  await mountSmall(place);
  const config = {
    nodePathMap: [{ node: 'DEFAULT_PATH_FOR_NON_LISTED_NODES', paths: [bigFolder(place), smallFolder(place)] }],
  };
  const configFile = join(place.folder, 'provisioner.json');
  await writeIfChanged(configFile, JSON.stringify(config));
  const helperPodFile = join(place.folder, 'provisioner-helper.yaml');
  await writeIfChanged(helperPodFile, stringify(helperPod(helperImage)));
  await client.apply([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'provisioner', namespace } },
    scripts(JSON.stringify(config), helperImage),
    storageClass('local-path', bigFolder(place), true),
    storageClass('local-path-2', bigFolder(place)),
    storageClass('small', smallFolder(place)),
  ]);
  await ensureService({
    ...inside('local-path-provisioner'),
    configFile,
    env: { POD_NAMESPACE: namespace },
    command: [
      join(programs, 'local-path-provisioner'),
      'start',
      `--kubeconfig=${join(place.folder, 'kubeconfig')}`,
      `--config=${configFile}`,
      `--namespace=${namespace}`,
      `--helper-image=${helperImage}`,
      `--helper-pod-file=${helperPodFile}`,
      '--configmap-name=provisioner',
      '--service-account-name=provisioner',
    ],
  });
}

async function mountSmall(place: ClusterPlace): Promise<void> {
  const folder = await makeFolder(smallFolder(place));
  if (await isMounted(folder)) return;
  await run('mount', ['-t', 'tmpfs', '-o', `size=${smallMebibytes}m,mode=0755`, `lab-${place.name}-small`, folder]);
}

const helperPod = (image: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'helper-pod' },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'helper-pod', image, imagePullPolicy: 'IfNotPresent' }],
  },
});

/** The helper pod runs these, with the volume's folder in VOL_DIR. */
const scripts = (config: string, helperImage: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'provisioner', namespace },
  data: {
    'config.json': config,
    setup: '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "$VOL_DIR"\n',
    teardown: '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"\n',
    'helperPod.yaml': stringify(helperPod(helperImage)),
  },
});

function storageClass(name: string, folder: string, isDefault = false): KubeObject {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name,
      annotations: {
        // Without it volumes are of the type hostPath, which Velero's file-system backup refuses.
        defaultVolumeType: 'local',
        'storageclass.kubernetes.io/is-default-class': String(isDefault),
      },
    },
    provisioner: 'rancher.io/local-path',
    parameters: { nodePath: folder },
    volumeBindingMode: 'WaitForFirstConsumer',
    reclaimPolicy: 'Delete',
  };
}

import type { KubeObject } from '../../meta/kube-object.js';
import { defaultClasses, isDefaultClass } from '../default-class.js';

/** A storage class as `status.srcStorageClasses` and `status.destStorageClasses` list it. */
export interface ListedStorageClass {
  name: string;
  provisioner: string;
  default: boolean;
  volumeAccessModes: { volumeMode: string; accessModes: string[] }[];
}

const RWO = 'ReadWriteOnce';
const ROX = 'ReadOnlyMany';
const RWX = 'ReadWriteMany';
const ALL = [RWO, ROX, RWX];

/** What volumes of well-known provisioners can be mounted as. Names of CSI drivers may carry a prefix of the installation. */
const ACCESS_MODES: readonly { provisioner: RegExp; filesystem: string[]; block?: string[] }[] = [
  { provisioner: /^kubernetes\.io\/azure-file$|file\.csi\.azure\.com$/, filesystem: [RWO, ROX, RWX] },
  {
    provisioner: /^kubernetes\.io\/(gce-pd|rbd|scaleio|glusterblock)$|gluster\.org\/glusterblock/,
    filesystem: [RWO, ROX],
  },
  { provisioner: /^kubernetes\.io\/(glusterfs|quobyte)$/, filesystem: ALL },
  { provisioner: /^kubernetes\.io\/portworx-volume$/, filesystem: [RWO, RWX] },
  { provisioner: /rbd\.csi\.ceph\.com$/, filesystem: [RWO], block: ALL },
  { provisioner: /cephfs\.csi\.ceph\.com$/, filesystem: ALL },
  { provisioner: /trident/, filesystem: [RWO, ROX], block: ALL },
  { provisioner: /nfs/, filesystem: ALL },
];

/** A cluster's classes; the default is the one that claims get which name none. */
export function listStorageClasses(objects: readonly KubeObject[]): ListedStorageClass[] {
  const [first] = defaultClasses(objects);
  return objects.map((object) => ({ ...listStorageClass(object), default: object === first }));
}

export function listStorageClass(object: KubeObject): ListedStorageClass {
  const provisioner: string = object.provisioner ?? '';
  const known = ACCESS_MODES.find((entry) => entry.provisioner.test(provisioner));
  const filesystem = known?.filesystem ?? [RWO];
  return {
    name: object.metadata.name,
    provisioner,
    default: isDefaultClass(object),
    volumeAccessModes: [
      { volumeMode: 'Filesystem', accessModes: filesystem },
      { volumeMode: 'Block', accessModes: known?.block ?? filesystem },
    ],
  };
}

/** What the choice of a target class looks at. */
export interface ClassChoice {
  /** Storage class on the source; may be empty. */
  sourceClass: string;
  /** Provisioner of that class; undefined when the source no longer has it. */
  provisioner: string | undefined;
  /** The volume is served by NFS or Gluster. */
  shared: boolean;
  accessModes: readonly string[];
}

/**
 * The target class proposed for a volume, by MTC's rule: shared file systems go to Ceph; else a class of the same provisioner, of
 * the same name if there is one; else the target's default class; else none (empty).
 */
export function chooseStorageClass(choice: ClassChoice, classes: readonly ListedStorageClass[]): string {
  const { sourceClass, provisioner, shared, accessModes } = choice;
  if (shared) {
    const ceph = accessModes.includes(RWX) ? 'cephfs.csi.ceph.com' : 'rbd.csi.ceph.com';
    const found = classes.find((candidate) => candidate.provisioner.endsWith(ceph));
    if (found) return found.name;
  }
  const same = classes.filter((candidate) => candidate.provisioner === provisioner);
  const chosen =
    same.find(({ name }) => name === sourceClass) ?? same[0] ?? classes.find((candidate) => candidate.default);
  return chosen?.name ?? '';
}

/** What one side of a copy holds. */
export interface VolumeCounts {
  files: number;
  directories: number;
  links: number;
  others: number;
  /** Of the texts of symbolic links: a server without root makes those that lead out of the volume lead into it. */
  linkBytes?: number;
  /** Of regular files. */
  bytes: number;
  /** `uid:gid`, the first of them. */
  owners: string[];
}

const COMPARED = ['files', 'directories', 'links', 'others', 'bytes'] as const;

/** What two sides differ in, each as `12 files on the source, 11 on the target`; nothing when they are alike. */
export const differences = (source: VolumeCounts, target: VolumeCounts): string[] => [
  ...COMPARED.filter((name) => source[name] !== target[name]).map(
    (name) => `${source[name]} ${name} on the source, ${target[name]} on the target`,
  ),
  ...(areLinksChanged(source, target) ? [LINKS_CHANGED] : []),
];

/** The same links lead elsewhere. */
export const areLinksChanged = (source: VolumeCounts, target: VolumeCounts): boolean =>
  source.links === target.links && (source.linkBytes ?? 0) !== (target.linkBytes ?? 0);

export const LINKS_CHANGED =
  'symbolic links lead elsewhere on the target: without root, the transfer pods cannot copy absolute links and links out of the volume as they are';

/** All that a volume holds. */
export const entriesOf = ({ files, directories, links, others }: VolumeCounts): number =>
  files + directories + links + others;

export const isSameOwners = (source: VolumeCounts, target: VolumeCounts): boolean =>
  [...source.owners].sort().join() === [...target.owners].sort().join();

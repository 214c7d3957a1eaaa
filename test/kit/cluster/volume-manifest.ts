import type { Kubectl } from '../../../lab/client/kubectl.js';
import { readVolume } from '../../../lab/client/volume-reader.js';
import { fromEnvironment } from '../system/system.js';

/**
 * Every entry of a volume, its root excepted, with all that a copy has to keep: type, permissions, owner, time, size, target of a link, which entries are one file
 * (the first name of each hard-linked file), whether it has holes, and the content's SHA-256. Names and targets as octets in base64: they
 * need not be text.
 */
const SCRIPT = `cd /volume && find . -mindepth 1 -path ./lost+found -prune -o -printf '%i\\t%y\\t%m\\t%U:%G\\t%T@\\t%s\\t%b\\t%n\\0' -print0 |
while IFS= read -r -d '' entry && IFS= read -r -d '' name; do
  IFS=$'\\t' read -r inode type mode owner time size blocks links <<<"$entry"
  content=- target=- holes=-
  if [ "$type" = f ]; then content=$(sha256sum <"$name"); [ "$size" -lt 1048576 ] || holes=$((blocks * 512 < size)); fi
  [ "$type" != l ] || target=$(readlink -n "$name" | base64 -w 0)
  [ "$type" != d ] || size=- links=-
  printf '%s\\n' "$(printf %s "$name" | base64 -w 0) $inode $type $mode $owner $time $size $links $holes $target $content"
done`;

/** One line per entry, sorted; equal on two sides when the volumes are alike. */
export async function volumeManifest(cluster: Kubectl, namespace: string, claim: string): Promise<string[]> {
  const text = await readVolume(
    cluster,
    { namespace, claim, image: fromEnvironment('TRANSFER_IMAGE') },
    `exec bash -c ${quoted(SCRIPT)}`,
  );
  const firstNames = new Map<string, string>();
  return text
    .split('\n')
    .sort()
    .map((line) => {
      const [name = '', inode = '', ...rest] = line.split(' ');
      const shown = JSON.stringify(Buffer.from(name, 'base64').toString('latin1'));
      const first = firstNames.get(inode) ?? shown;
      firstNames.set(inode, first);
      return [shown, first === shown ? '' : `= ${first}`, ...rest].join(' ');
    });
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

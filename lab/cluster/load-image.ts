import { nameInRegistry, pushImage } from '../images/registry.js';
import { run } from '../machine/run.js';
import type { Slot } from '../machine/slot.js';
import { importImage } from './containerd.js';

/** Puts an image archive into the registry and both clusters. @returns the names it can be used by */
export async function loadImage(slot: Slot, archive: string): Promise<string[]> {
  const listing = await run('skopeo', ['list-tags', `docker-archive:${archive}`]);
  const names = (JSON.parse(listing) as { Tags: string[] }).Tags;
  if (names.length === 0) throw new Error(`${archive} names no image: save it by name and tag.`);
  for (const name of names) await pushImage(slot, name, archive);
  for (const place of Object.values(slot.clusters)) await importImage(place, archive);
  return [...new Set(names.flatMap((name) => [name, nameInRegistry(name)]))];
}

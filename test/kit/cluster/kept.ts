import { readFile } from 'node:fs/promises';

type Place = 'source' | 'target' | 'bucket';

/** Tells whether an object (`Kind namespace/name`, in the bucket its key) may stay in a place after a migration. */
export type Kept = (place: Place, object: string) => boolean;

/** The first table of docs/kept.md. */
export async function readKept(): Promise<Kept> {
  const text = await readFile(new URL('../../../docs/kept.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| ((?:source|target|bucket)[a-z, ]*) \| `([^`]+)` \|/gm)];
  const kept = rows.map(([, places = '', object = '']) => ({ places: places.split(', '), pattern: patternOf(object) }));
  return (place, object) => kept.some(({ places, pattern }) => places.includes(place) && pattern.test(object));
}

const patternOf = (object: string): RegExp => {
  const literals = object.split(/<[^>]+>/).map((literal) => literal.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literals.join('[^/]+')}$`);
};

import { readFile } from 'node:fs/promises';

/** A manifest of `manifests/` with its `${NAME}` filled in. */
export async function manifest(name: string, values: Record<string, string | undefined> = {}): Promise<string> {
  const text = await readFile(new URL(`manifests/${name}.yaml`, import.meta.url), 'utf8');
  return text.replaceAll(/\$\{(\w+)\}/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`The manifest ${name} needs a value for ${key}`);
    return value;
  });
}

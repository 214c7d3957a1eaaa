import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { writeBuildId } from './build-id.js';

/** Workflow code for workers that have a version, and for those that do not; see `workflows/versioned.ts`. */
const ENTRIES = { versioned: 'versioned', unversioned: 'index' } as const;
type Entry = keyof typeof ENTRIES;

const bundleFile = (entry: Entry): string => fileURLToPath(new URL(`../workflows-${entry}.js`, import.meta.url));

/** Part of the build: all workflow code in one file, so that no process of the product needs the bundler. */
export const builtWorkflows = (versioning: object | undefined): { codePath: string } => ({
  codePath: bundleFile(versioning === undefined ? 'unversioned' : 'versioned'),
});

/** The same from the sources, or from what they were compiled to. */
export function bundleWorkflows(entry: Entry): ReturnType<typeof bundleWorkflowCode> {
  const file = `../workflows/${ENTRIES[entry]}.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`;
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL(file, import.meta.url)),
    logger: new DefaultLogger('WARN'),
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const entry of Object.keys(ENTRIES) as Entry[]) {
    const { code } = await bundleWorkflows(entry);
    await writeFile(bundleFile(entry), code);
  }
  await writeBuildId();
}

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundlePath } from '@temporalio/worker';
import { startTemporal, stopTemporal } from '../../../local/temporal.js';
import { once } from '../shared/once.js';

const NAME = 'temporal';

/** The dev server that all test files of a run share. */
export const sharedTemporal = (): Promise<{ address: string }> =>
  once(NAME, async (folder) => {
    const { address } = await startTemporal({ folder });
    return { address };
  });

/** After all tests. */
export const stopSharedTemporal = (sharedFolder: string): Promise<void> => stopTemporal(path.join(sharedFolder, NAME));

/** The workflows as workers take them, bundled once. */
export const workflowBundle = (): Promise<WorkflowBundlePath> =>
  once('workflows', async (folder) => {
    const workflowsPath = fileURLToPath(new URL('../../../workflows/index.ts', import.meta.url));
    const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
    const codePath = path.join(folder, 'workflow-bundle.js');
    await writeFile(codePath, code);
    return { codePath };
  });

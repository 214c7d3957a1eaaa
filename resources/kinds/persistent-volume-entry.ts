import { z } from 'zod';
import { quantity } from '../meta/fields.js';

export const ACCESS_MODES = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'] as const;

const selection = z.strictObject({
  action: z
    .enum(['copy', 'move', 'skip'])
    .optional()
    .describe(
      'copy makes a new volume with the same content, move takes the volume itself over, skip leaves it alone.',
    ),
  copyMethod: z
    .enum(['filesystem', 'block', 'snapshot'])
    .optional()
    .describe('How the content is copied: file by file, block by block, or by a snapshot of the storage.'),
  storageClass: z.string().optional().describe('Storage class of the new volume in the target cluster.'),
  accessMode: z
    .enum([...ACCESS_MODES, 'auto'])
    .optional()
    .describe('Access mode of the new volume; that of the source claim if absent.'),
  verify: z.boolean().optional().describe('True to compare checksums of what was copied.'),
  allowOverwrite: z
    .boolean()
    .optional()
    .describe('True to let the content of a target claim be replaced although a running pod has it mounted.'),
  allowEmpty: z
    .boolean()
    .optional()
    .describe('True to let an empty source volume empty the target claim that an earlier copy has filled.'),
});

const claim = z.strictObject({
  namespace: z.string().optional().describe('Namespace of the claim, as the plan names it.'),
  name: z
    .string()
    .optional()
    .describe(
      'Name of the claim; write source:target to give it another name, or an existing claim, in the target cluster.',
    ),
  accessModes: z.array(z.string()).optional().describe('Access modes of the source claim.'),
  volumeMode: z.string().optional().describe('Filesystem or Block.'),
  hasReference: z.boolean().optional().describe('Whether a workload uses the claim.'),
  requested: z.string().optional().describe('Size the source claim asks for, and the one on the target. Discovered.'),
  ownerType: z.string().optional().describe('Kind of the workload that uses the claim.'),
});

/** One volume of a plan. Users own `selection`, `pvc.name` and the capacity they propose; discovery writes everything else. */
export const persistentVolumeEntry = z.strictObject({
  name: z.string().min(1).describe('Name of the volume in the source cluster; entries are merged by it.'),
  capacity: quantity().optional().describe('Capacity of the volume. Discovered.'),
  storageClass: z.string().optional().describe('Storage class in the source cluster. Discovered.'),
  supported: z
    .strictObject({
      actions: z.array(z.string()).default([]).describe('Actions that can be selected.'),
      copyMethods: z.array(z.string()).default([]).describe('Copy methods that can be selected.'),
    })
    .optional()
    .describe('What can be selected for this volume. Discovered.'),
  selection: selection.prefault({}).describe('What to do with the volume. Yours to edit.'),
  pvc: claim.prefault({}).describe('The claim bound to the volume. Discovered, but for its name.'),
  capacityConfirmed: z
    .boolean()
    .optional()
    .describe('True to have the new claim ask for proposedCapacity. Yours to edit.'),
  proposedCapacity: quantity()
    .optional()
    .describe('Size of the new claim, where it should be larger than the source claim asks for. Yours to edit.'),
});

export type PersistentVolumeEntry = z.output<typeof persistentVolumeEntry>;

import { z } from 'zod';
import { ageColumn, column, problemColumn, readyColumn } from '../meta/columns.js';
import { defineKind, type Resource } from '../meta/define-kind.js';
import { commonStatus } from '../meta/status-fields.js';
import { hookProblems } from './hook-problems.js';

const spec = z
  .strictObject({
    custom: z
      .boolean()
      .default(false)
      .describe('True when the image does the work itself, false when it runs the playbook.'),
    image: z
      .string()
      .optional()
      .describe('Image the hook runs. Needed for a custom hook; a playbook runs in the default image of the settings.'),
    playbook: z.string().optional().describe('Base64 of an Ansible playbook; for hooks that are not custom.'),
    targetCluster: z.enum(['source', 'destination']).optional().describe('Cluster the hook runs in.'),
    activeDeadlineSeconds: z.int().positive().default(1800).describe('Longest time the hook may take, in seconds.'),
    onFailure: z
      .enum(['Fail', 'Ignore'])
      .default('Fail')
      .describe(
        'Fail makes a failing hook fail the migration, which then unwinds unless the application runs on the target already. Ignore makes it a warning.',
      ),
  })
  .describe('What runs, and where.');

const status = z.looseObject(commonStatus('MigHook')).describe('What the last check of the hook found.');

export type MigHook = Resource<typeof spec, typeof status>;

export const migHook = defineKind({
  kind: 'MigHook',
  plural: 'mighooks',
  description: 'Work of your own that a migration runs between its steps.',
  spec,
  status,
  reported: true,
  reconciled: true,
  validate: ({ spec }) => hookProblems(spec).map(({ field, reason, message }) => ({ field, reason, message })),
  columns: [
    readyColumn,
    column('Image', 'Image the hook runs.', (o) => o.spec.image),
    column('TargetCluster', 'Cluster the hook runs in.', (o) => o.spec.targetCluster),
    ageColumn,
    problemColumn,
  ],
});

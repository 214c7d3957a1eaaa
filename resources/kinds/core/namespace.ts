import { z } from 'zod';
import { ageColumn, column } from '../../meta/columns.js';
import { defineCoreKind } from '../../meta/define-kind.js';
import { CREDENTIALS_NAMESPACE } from '../../meta/fields.js';
import type { FieldError } from '../../meta/kind-definition.js';
import type { KubeObject } from '../../meta/kube-object.js';
import { MIGRATION_NAMESPACE } from '../../meta/labels.js';

/** The namespaces MTC's manifests use; there are no others. */
export const SERVED_NAMESPACES: readonly string[] = [MIGRATION_NAMESPACE, CREDENTIALS_NAMESPACE];

function validate(object: KubeObject): FieldError[] {
  if (SERVED_NAMESPACES.includes(object.metadata.name)) return [];
  return [
    {
      field: 'metadata.name',
      reason: 'FieldValueNotSupported',
      message: `migrations are kept in the namespaces ${SERVED_NAMESPACES.join(' and ')}; others cannot be created here`,
    },
  ];
}

export const namespace = defineCoreKind({
  kind: 'Namespace',
  plural: 'namespaces',
  shortNames: ['ns'],
  namespaced: false,
  description: 'One of the two namespaces migrations and their credentials are kept in.',
  verbs: ['create', 'get', 'list', 'patch', 'update', 'watch'],
  fields: {
    spec: z
      .strictObject({ finalizers: z.array(z.string()).optional().describe('Not used.') })
      .optional()
      .describe('Not used.'),
    status: z
      .looseObject({ phase: z.string().default('Active').describe('Active.') })
      .prefault({})
      .describe('State of the namespace.'),
  },
  // Its status is the system's.
  mergeUserWrite: (sent, stored) => ({ ...sent, status: stored.status }),
  validate,
  columns: [column('Status', 'State of the namespace.', (o) => o.status?.phase), ageColumn],
});

import { z } from 'zod';
import { closest } from '../meta/closest.js';
import { ageColumn, column } from '../meta/columns.js';
import { defineKind } from '../meta/define-kind.js';
import type { FieldError } from '../meta/kind-definition.js';
import type { KubeObject } from '../meta/kube-object.js';
import { API_VERSION, MIGRATION_NAMESPACE } from '../meta/labels.js';
import { commonStatus } from '../meta/status-fields.js';
import { settingsSpec } from '../run/setting-table.js';

const status = z.looseObject(commonStatus('MigrationController')).describe('What was found out about the settings.');

export const MIGRATION_CONTROLLER_NAME = 'migration-controller';

/** The one object of this kind, as the service makes it where it is missing. */
export const defaultMigrationController = (): KubeObject => ({
  apiVersion: API_VERSION,
  kind: 'MigrationController',
  metadata: { namespace: MIGRATION_NAMESPACE, name: MIGRATION_CONTROLLER_NAME },
  spec: settingsSpec.parse({}),
});

/** Settings MTC knows and this service does not are kept, but nothing has more of them. */
const MOST_SETTINGS = 1_000;

function validate(object: KubeObject): FieldError[] {
  if (Object.keys(object.spec).length > MOST_SETTINGS) {
    return [{ field: 'spec', reason: 'FieldValueInvalid', message: `has more than ${MOST_SETTINGS} settings` }];
  }
  const { name, namespace } = object.metadata;
  if (name === MIGRATION_CONTROLLER_NAME && namespace === MIGRATION_NAMESPACE) return [];
  return [
    {
      field: 'metadata.name',
      reason: 'FieldValueNotSupported',
      message: `there is one MigrationController: ${MIGRATION_CONTROLLER_NAME} in namespace ${MIGRATION_NAMESPACE}`,
    },
  ];
}

const known = Object.keys(settingsSpec.shape);

/** Unknown settings a writer is told of. */
const MOST_TOLD = 100;

const warnings = (object: KubeObject): string[] =>
  Object.keys(object.spec)
    .filter((key) => !known.includes(key))
    .slice(0, MOST_TOLD)
    .map((key) => {
      const meant = closest(key, known);
      return `spec.${key} is kept but has no effect here${meant ? `; did you mean ${meant}?` : ''}`;
    });

export const migrationController = defineKind({
  kind: 'MigrationController',
  plural: 'migrationcontrollers',
  description:
    'Settings of all migrations. There is one object, migration-controller; a change applies to the next run.',
  verbs: ['create', 'get', 'list', 'patch', 'update', 'watch'],
  spec: settingsSpec,
  status,
  reported: true,
  validate,
  warnings,
  columns: [
    column('Namespaces', 'Limit of namespaces in a plan.', (o) => o.spec.mig_namespace_limit),
    column('Pods', 'Limit of running pods in a plan.', (o) => o.spec.mig_pod_limit),
    column('Volumes', 'Limit of volumes in a plan.', (o) => o.spec.mig_pv_limit),
    ageColumn,
  ],
});

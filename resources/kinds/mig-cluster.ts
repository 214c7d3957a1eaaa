import { z } from 'zod';
import { ageColumn, column, problemColumn, readyColumn } from '../meta/columns.js';
import { defineKind, type Resource } from '../meta/define-kind.js';
import { base64, credentialsRef } from '../meta/fields.js';
import { LONGEST_CA_BUNDLE } from '../meta/pem-certificates.js';
import { commonStatus } from '../meta/status-fields.js';
import { addressErrors } from '../meta/user-info.js';

const spec = z
  .strictObject({
    isHostCluster: z
      .boolean()
      .default(false)
      .describe('True for the cluster the migration service itself uses as its host; it needs no URL and no token.'),
    url: z.string().optional().describe('Address of the API server, e.g. https://api.example.com:6443.'),
    serviceAccountSecretRef: credentialsRef()
      .optional()
      .describe("Secret whose key saToken holds the token of the cluster's migration-controller service account."),
    caBundle: base64()
      .max(LONGEST_CA_BUNDLE)
      .optional()
      .describe('Base64 of the PEM certificates that the API server is verified with.'),
    insecure: z
      .boolean()
      .default(false)
      .describe('True to connect without verifying the certificate of the API server.'),
    exposedRegistryPath: z
      .string()
      .optional()
      .describe(
        'Address under which the image registry of the cluster can be reached from outside, for direct image migration.',
      ),
    azureResourceGroup: z.string().optional().describe('Resource group of the disks, on Microsoft Azure.'),
    restartRestic: z
      .boolean()
      .optional()
      .describe('True to restart the node agent of the source cluster once stage pods exist.'),
    refresh: z.boolean().default(false).describe('Set to true to have the cluster checked now.'),
  })
  .describe('How a cluster is reached.');

const status = z
  .looseObject({
    ...commonStatus('MigCluster'),
    clusterUid: z
      .string()
      .optional()
      .describe('uid of the namespace kube-system: MigClusters with the same one are one cluster.'),
    registryPath: z.string().optional().describe('Address of the image registry that was found.'),
    operatorVersion: z.string().optional().describe('Version of the migration components in the cluster.'),
  })
  .describe('What the last check of the cluster found.');

export type MigCluster = Resource<typeof spec, typeof status>;

export const migCluster = defineKind({
  kind: 'MigCluster',
  plural: 'migclusters',
  description: 'A cluster that applications are moved from or to.',
  spec,
  status,
  reported: true,
  reconciled: true,
  // Whoever could say that two clusters are one, or one is two, would turn plans against the rules that keep them apart.
  ownStatus: ['clusterUid'],
  validate: ({ spec: { url, exposedRegistryPath } }) =>
    addressErrors({ 'spec.url': url, 'spec.exposedRegistryPath': exposedRegistryPath }),
  refersTo: [{ kind: 'Secret', find: (wanted) => [wanted.serviceAccountSecretRef] }],
  columns: [
    readyColumn,
    column('URL', 'Address of the API server.', (o) => o.spec.url),
    column('Host', 'Whether this is the host cluster.', (o) => o.spec.isHostCluster, { type: 'boolean' }),
    ageColumn,
    problemColumn,
  ],
});

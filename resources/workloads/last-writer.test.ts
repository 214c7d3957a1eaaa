import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../meta/kube-object.js';
import { lastWriterOf } from './last-writer.js';

const replicas = { 'f:spec': { 'f:replicas': {} } };
const template = { 'f:spec': { 'f:template': { 'f:spec': { 'f:nodeSelector': {} } } } };

function managed(kind: string, managedFields: object[]): KubeObject {
  return { apiVersion: 'apps/v1', kind, metadata: { name: 'web', managedFields } };
}

describe('lastWriterOf', () => {
  it.each([
    ['no writer without managed fields', managed('Deployment', []), undefined],
    ['no writer when none set the field', managed('Deployment', [{ manager: 'helm', fieldsV1: template }]), undefined],
    [
      'the newest of two',
      managed('Deployment', [
        { manager: 'keda', subresource: 'scale', time: '2026-01-02T00:00:00Z', fieldsV1: replicas },
        { manager: 'helm', time: '2026-01-01T00:00:00Z', fieldsV1: replicas },
        { manager: 'kubelet', time: '2026-01-03T00:00:00Z', fieldsV1: template },
      ]),
      { manager: 'keda', subresource: 'scale', time: '2026-01-02T00:00:00Z' },
    ],
    [
      'who set the node selector of a DaemonSet',
      managed('DaemonSet', [{ manager: 'kubectl-patch', fieldsV1: template }]),
      { manager: 'kubectl-patch' },
    ],
  ])('names %s', (_, object, expected) => {
    expect(lastWriterOf(object)).toEqual(expected);
  });
});

import { describe, expect, it } from 'vitest';
import { parseMappings } from './mappings.js';
import { missingNamespaceFindings, namespaceFindings } from './namespaces.js';

const findings = (namespaces: string[]) => namespaceFindings(parseMappings(namespaces), 3);

describe('the list of namespaces', () => {
  it.each([[['shop']], [['shop:store', 'web']], [['a', 'b', 'c']], [['a:b', 'b:a']]])('%j is right', (namespaces) => {
    expect(findings(namespaces)).toEqual([]);
  });

  it.each([
    [[], 'NamespaceListEmpty', undefined],
    [['a', 'b', 'c', 'd'], 'NamespaceLimitExceeded', undefined],
    [['shop:one', 'shop:two'], 'DuplicateNamespaceOnSourceCluster', ['shop']],
    [['a:shop', 'b:shop'], 'DuplicateNamespaceOnDestinationCluster', ['shop']],
    [['a', 'b:a'], 'DuplicateNamespaceOnDestinationCluster', ['a']],
    [['shop:Shop_1'], 'NamespaceNotDNSCompliant', ['Shop_1']],
    [[`shop:${'x'.repeat(64)}`], 'NamespaceNotDNSCompliant', ['x'.repeat(64)]],
  ])('%j has condition %s', (namespaces, type, items) => {
    expect(findings(namespaces)).toMatchObject([{ type, category: 'Critical', ...(items && { items }) }]);
  });
});

describe('namespaces that must be there', () => {
  const missing = (source: string[], target: string[]) =>
    missingNamespaceFindings(
      parseMappings(['shop:store']),
      { source: new Set(source), target: new Set(target) },
      { source: 'old', target: 'new' },
    );

  it('are the source namespaces and, on both clusters, that of the migration', () => {
    expect(missing(['shop', 'openshift-migration'], ['openshift-migration'])).toEqual([]);
    expect(missing(['openshift-migration'], ['openshift-migration'])).toMatchObject([
      { type: 'NamespaceNotFoundOnSourceCluster', items: ['shop'], message: expect.stringContaining('cluster old') },
    ]);
    expect(missing(['shop'], ['shop'])).toMatchObject([
      { type: 'NamespaceNotFoundOnSourceCluster', message: expect.stringContaining('prepare-cluster') },
      { type: 'NamespaceNotFoundOnDestinationCluster', message: expect.stringContaining('cluster new') },
    ]);
  });
});

import { hook, plan } from './manifests.js';
import { NAMESPACE, OBJECTS_PATH } from './test-api.js';

/** A request that one hostile or broken client sends, and what it gets. */
export interface AbuseRow {
  name: string;
  method: string;
  path: string;
  body?: string;
  type?: string;
  codes: number[];
}

const PLANS = `${OBJECTS_PATH}/migplans`;
const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const SECRETS = `/api/v1/namespaces/${NAMESPACE}/secrets`;
const SETTINGS = `${OBJECTS_PATH}/migrationcontrollers/migration-controller`;
/** Made by the test. */
const VICTIM = `${PLANS}/victim`;
const LIST_OF = `${CONFIG_MAPS}/long-list`;

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const YAML = 'application/yaml';
const MOST = 1_400_000;

const row = (name: string, method: string, path: string, body: unknown, codes: number[], type?: string): AbuseRow => ({
  name,
  method,
  path,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  codes,
  type,
});

const many = (count: number, prefix: string, value: unknown = 'x'): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, value]));

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const notBase64 = `${' '.repeat(MOST)}!`;
const newlines = `${'\n'.repeat(MOST / 2)}!`;
const dry = (path: string) => `${path}?dryRun=All`;

const jsonPatches: AbuseRow[] = [
  row(
    'copies that double the object',
    'PATCH',
    VICTIM,
    Array.from({ length: 20 }, (_, index) => ({ op: 'copy', from: '', path: `/spec/x${index}` })),
    [413],
    JSON_PATCH,
  ),
  row(
    'more operations than Kubernetes takes',
    'PATCH',
    VICTIM,
    Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/kind', value: 'MigPlan' })),
    [413],
    JSON_PATCH,
  ),
  row(
    'as many operations as Kubernetes takes',
    'PATCH',
    VICTIM,
    Array.from({ length: 10_000 }, () => ({ op: 'test', path: '/kind', value: 'MigPlan' })),
    [200],
    JSON_PATCH,
  ),
  row(
    'operations at the head of a long list',
    'PATCH',
    LIST_OF,
    Array.from({ length: 10_000 }, () => ({
      op: 'move',
      from: '/metadata/finalizers/0',
      path: '/metadata/finalizers/1',
    })),
    [413],
    JSON_PATCH,
  ),
  row(
    'tests of a large object',
    'PATCH',
    LIST_OF,
    Array.from({ length: 10_000 }, () => ({ op: 'test', path: '/metadata/annotations', value: {} })),
    [422],
    JSON_PATCH,
  ),
  row('a path to the prototype', 'PATCH', VICTIM, [{ op: 'add', path: '/__proto__/x', value: 1 }], [422], JSON_PATCH),
  row('the prototype itself', 'PATCH', VICTIM, [{ op: 'add', path: '/__proto__', value: 1 }], [422], JSON_PATCH),
  row(
    'a path to the constructor',
    'PATCH',
    VICTIM,
    [{ op: 'add', path: '/constructor/prototype/x', value: 1 }],
    [422],
    JSON_PATCH,
  ),
  row(
    'moves that nest an object in itself',
    'PATCH',
    VICTIM,
    [
      { op: 'add', path: '/spec/a', value: {} },
      { op: 'add', path: '/spec/b', value: {} },
      ...Array.from({ length: 3_000 }, () => [
        { op: 'move', from: '/spec/a', path: '/spec/b/a' },
        { op: 'move', from: '/spec/b', path: '/spec/a' },
        { op: 'add', path: '/spec/b', value: {} },
      ]).flat(),
    ],
    [400],
    JSON_PATCH,
  ),
];

const otherPatches: AbuseRow[] = [
  row(
    'a merge patch that makes the object too large',
    'PATCH',
    LIST_OF,
    { data: { more: 'x'.repeat(MOST) } },
    [413],
    MERGE_PATCH,
  ),
  row(
    'an owner that is null',
    'PATCH',
    LIST_OF,
    { metadata: { ownerReferences: [null] } },
    [400],
    'application/strategic-merge-patch+json',
  ),
  row(
    'deletion of many list entries that are not there',
    'PATCH',
    dry(LIST_OF),
    { metadata: { '$deleteFromPrimitiveList/finalizers': Object.keys(many(50_000, 'x')) } },
    [200],
    'application/strategic-merge-patch+json',
  ),
  row('unknown settings', 'PATCH', dry(SETTINGS), { spec: many(30_000, 'mig_pv_limit_') }, [422], MERGE_PATCH),
];

const unknownFields: AbuseRow[] = [
  row('60,000 unknown keys', 'POST', dry(PLANS), { metadata: { name: 'a' }, spec: many(60_000, 'k') }, [201]),
  row('2,000 unknown keys, refused', 'POST', `${PLANS}?fieldValidation=Strict`, plan('a', many(2_000, 'k')), [400]),
  row('one unknown key of great length', 'POST', dry(PLANS), plan('a', { ['k'.repeat(MOST)]: 1 }), [201]),
  row(
    'keys that are repeated',
    'POST',
    dry(PLANS),
    `{"metadata":{"name":"a"},${'"spec":{},'.repeat(100_000)}"spec":{}}`,
    [201],
  ),
  row(
    'labels that are none',
    'POST',
    PLANS,
    { metadata: { name: 'a', labels: many(60_000, 'a b', 'x'.repeat(8)) } },
    [422],
  ),
  row('many wrong entries', 'POST', PLANS, plan('a', { namespaces: Array(90_000).fill(1) }), [422]),
  row('more values than any object has', 'POST', PLANS, plan('a', { namespaces: Array(600_000).fill(1) }), [413]),
  row(
    'many volumes that are wrong',
    'POST',
    PLANS,
    plan('a', { persistentVolumes: Array(20_000).fill({ name: 'x', pvc: { name: 'A:B:C' } }) }),
    [422],
  ),
];

const encodings: AbuseRow[] = [
  ...[notBase64, newlines].flatMap((text, index) => [
    row(
      `blanks in binaryData (${index})`,
      'POST',
      CONFIG_MAPS,
      { metadata: { name: 'a' }, binaryData: { k: text } },
      [422],
    ),
    row(`blanks in a Secret (${index})`, 'POST', SECRETS, { metadata: { name: 'a' }, data: { k: text } }, [422]),
    row(
      `blanks in a certificate (${index})`,
      'POST',
      `${OBJECTS_PATH}/migclusters`,
      { metadata: { name: 'a' }, spec: { isHostCluster: false, caBundle: text } },
      [422],
    ),
    row(`blanks in a playbook (${index})`, 'POST', `${OBJECTS_PATH}/mighooks`, hook('a', { playbook: text }), [422]),
  ]),
  ...['POST', 'PUT', 'PATCH', 'DELETE'].map((method) =>
    row(
      `${method} of a body that is nested deep`,
      method,
      method === 'POST' ? PLANS : VICTIM,
      nested(200_000),
      [400],
      method === 'PATCH' ? MERGE_PATCH : undefined,
    ),
  ),
  row('a list that is nested deep', 'POST', PLANS, '['.repeat(700_000) + ']'.repeat(700_000), [400]),
  row(
    'half a surrogate pair',
    'POST',
    dry(PLANS),
    '{"metadata":{"name":"a","annotations":{"\\ud800":"\\udc00"}}}',
    [422],
  ),
];

const manifest = (spec: string) => `metadata:\n  name: a\nspec:\n${spec}`;
const lines = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join('\n');

const yaml: AbuseRow[] = [
  row('YAML with many keys', 'POST', dry(PLANS), manifest(lines(9_000, (i) => `  key${i}: v`)), [201], YAML),
  row('YAML of 1 MB', 'POST', PLANS, manifest(lines(70_000, (i) => `  key${i}: value`)), [413], YAML),
  row('an alias of what holds it', 'POST', PLANS, 'a: &a {b: *a}\n', [400], YAML),
  row('many aliases of what holds them', 'POST', PLANS, 'a: &a {b: *a, c: *a, d: [*a, *a, *a]}\n', [400], YAML),
  row(
    'aliases of aliases',
    'POST',
    PLANS,
    `a0: &a0 [x,x,x,x,x,x,x,x]\n${lines(20, (i) => `a${i + 1}: &a${i + 1} [${Array(8).fill(`*a${i}`).join()}]`)}\n`,
    [400],
    YAML,
  ),
  row(
    'merged again and again',
    'POST',
    PLANS,
    `a: &a\n${lines(5_000, (i) => `  k${i}: v`)}\nspec:\n  <<: [${Array(10_000).fill('*a').join()}]\n`,
    [400],
    YAML,
  ),
  row('YAML in brackets that are nested deep', 'POST', PLANS, '['.repeat(200_000), [400], YAML),
  row('YAML in maps that are nested deep', 'POST', PLANS, '{a: '.repeat(50_000), [400], YAML),
  row('YAML in lists that are nested deep', 'POST', PLANS, '- '.repeat(100_000), [400], YAML),
  row('YAML keys that are nested deep', 'POST', PLANS, '? '.repeat(100_000), [400], YAML),
];

const many32 = 'a=b,'.repeat(100_000);
const queries: [name: string, query: string, codes: number[]][] = [
  ['a selector of commas', `labelSelector=${','.repeat(400_000)}`, [400]],
  ['a selector that opens and never closes', `labelSelector=a+in+(${',('.repeat(200_000)}`, [400]],
  ['a selector of one long key', `labelSelector=${'a'.repeat(900_000)}!`, [400]],
  ['a selector of blanks', `labelSelector=a${'+'.repeat(900_000)}!`, [400]],
  ['a selector of many parts', `labelSelector=${many32}a`, [400]],
  ['a field selector of escapes', `fieldSelector=metadata.name=${'%5C'.repeat(300_000)}`, [200]],
  ['a field selector of commas', `fieldSelector=${','.repeat(400_000)}`, [400]],
  ['a resourceVersion that is none', 'resourceVersion=abc', [400]],
  ['a resourceVersion of great length', `resourceVersion=${'1'.repeat(500_000)}`, [400]],
  ...['abc', '', '0x10', '-1', '1e3', '9'.repeat(17), '9'.repeat(100_000)].map(
    (revision): [string, string, number[]] => [
      `a continue token of revision ${JSON.stringify(revision.slice(0, 20))}`,
      `continue=${Buffer.from(JSON.stringify({ revision, namespace: '', name: '' })).toString('base64url')}`,
      [400, 410],
    ],
  ),
  ['a continue token that is none', `continue=${'A'.repeat(500_000)}`, [400, 410]],
  ['a path that is not encoded right', '%ff%zz=%ff', [200]],
];

export const ABUSE: AbuseRow[] = [
  ...jsonPatches,
  ...otherPatches,
  ...unknownFields,
  ...encodings,
  ...yaml,
  ...queries.map(([name, query, codes]) => ({ name, method: 'GET', path: `${PLANS}?${query}`, codes })),
  { name: 'a name that is not encoded right', method: 'GET', path: `${PLANS}/%ff`, codes: [400, 404] },
];

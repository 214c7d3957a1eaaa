import { describe, expect, it } from 'vitest';
import { isImageReference } from '../meta/image-reference.js';
import { hookProblems } from './hook-problems.js';
import { decodePlaybook, LARGEST_PLAYBOOK } from './playbook.js';

const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');
const playbook = base64('- hosts: localhost\n');
const image = 'quay.io/team/hook:1.0';

describe('a hook', () => {
  it.each([
    ['a playbook in the default image', { playbook }],
    ['a playbook in an image of its own', { playbook, image }],
    ['a playbook with line breaks', { playbook: `${playbook.slice(0, 8)}\n${playbook.slice(8)}\n` }],
    ['a custom image', { custom: true, image }],
    ['a custom image and an empty playbook', { custom: true, image, playbook: '' }],
  ])('may be %s', (_, spec) => {
    expect(hookProblems({ targetCluster: 'source', ...spec })).toEqual([]);
  });

  it.each([
    ['custom without image', { custom: true }, 'InvalidImage', 'spec.image', 'FieldValueRequired'],
    ['a bad image', { custom: true, image: 'Quay.io/A B' }, 'InvalidImage', 'spec.image', 'FieldValueInvalid'],
    [
      'without a cluster',
      { playbook, targetCluster: undefined },
      'InvalidTargetCluster',
      'spec.targetCluster',
      'FieldValueRequired',
    ],
    [
      'for a strange cluster',
      { playbook, targetCluster: 'target' },
      'InvalidTargetCluster',
      'spec.targetCluster',
      'FieldValueNotSupported',
    ],
    [
      'custom with a playbook',
      { custom: true, image, playbook },
      'InvalidCustomHook',
      'spec.playbook',
      'FieldValueForbidden',
    ],
    ['without playbook', {}, 'InvalidAnsibleHook', 'spec.playbook', 'FieldValueRequired'],
    [
      'a playbook as plain text',
      { playbook: '- hosts: localhost' },
      'InvalidPlaybookData',
      'spec.playbook',
      'FieldValueInvalid',
    ],
    [
      'half a playbook',
      { playbook: playbook.slice(0, -1) },
      'InvalidPlaybookData',
      'spec.playbook',
      'FieldValueInvalid',
    ],
    [
      'a playbook that is not text',
      { playbook: base64(new Uint8Array([0xff, 0xfe])) },
      'InvalidPlaybookData',
      'spec.playbook',
      'FieldValueInvalid',
    ],
    ['an empty playbook', { playbook: base64('\n') }, 'InvalidPlaybookData', 'spec.playbook', 'FieldValueInvalid'],
    [
      'a playbook no ConfigMap holds',
      { playbook: base64('#'.repeat(LARGEST_PLAYBOOK + 1)) },
      'InvalidPlaybookData',
      'spec.playbook',
      'FieldValueInvalid',
    ],
  ])('is refused: %s', (_, spec, condition, field, reason) => {
    const problems = hookProblems({ targetCluster: 'source', ...spec } as never);
    expect(problems).toEqual([{ condition, field, reason, message: expect.any(String) }]);
  });

  it('is told of all its mistakes at once', () => {
    expect(hookProblems({ custom: true, playbook }).map(({ condition }) => condition)).toEqual([
      'InvalidImage',
      'InvalidTargetCluster',
      'InvalidCustomHook',
    ]);
  });
});

describe('an image reference', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  it.each([
    'busybox',
    'library/busybox:1.36',
    'quay.io/konveyor/hook-runner:latest',
    'registry.lab:5000/hook-runner:0a1b',
    'localhost:5000/a__b/c-d.e',
    `quay.io/team/hook@${digest}`,
    `quay.io/team/hook:1.0@${digest}`,
    '[::1]:5000/hook',
    'i',
  ])('%s', (text) => {
    expect(isImageReference(text)).toBe(true);
  });

  it.each([
    '',
    'https://quay.io/team/hook',
    'quay.io/Team/hook',
    'quay.io/team/hook:',
    'quay.io/team/hook:1 0',
    'quay.io//hook',
    'hook@sha256:12',
    '-hook',
    `quay.io/${'a'.repeat(250)}`,
  ])('is not "%s"', (text) => {
    expect(isImageReference(text)).toBe(false);
  });
});

it('a playbook comes back as the text it was', () => {
  const text = '- hosts: localhost\n  name: Äpfel\n';
  expect(decodePlaybook(base64(text))).toBe(text);
});

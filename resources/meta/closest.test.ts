import { expect, it } from 'vitest';
import { closest } from './closest.js';

const fields = ['namespaces', 'persistentVolumes', 'migStorageRef', 'closed'];

it.each([
  ['namespacez', 'namespaces'],
  ['persistantVolumes', 'persistentVolumes'],
  ['MigStorageRef', 'migStorageRef'],
  ['close', 'closed'],
  ['somethingElse', undefined],
  ['x', undefined],
])('takes %s for %s', (name, meant) => {
  expect(closest(name, fields)).toBe(meant);
});

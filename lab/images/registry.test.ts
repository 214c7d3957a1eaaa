import { expect, it } from 'vitest';
import { nameInRegistry } from './registry.js';

it("keeps an image's path and tag and changes its registry", () => {
  expect(nameInRegistry('registry.lab:5000/transfer:1')).toBe('registry.lab:5000/transfer:1');
  expect(nameInRegistry('docker.io/example/app:1')).toBe('registry.lab:5000/example/app:1');
  expect(nameInRegistry('localhost:5000/app:1')).toBe('registry.lab:5000/app:1');
  expect(nameInRegistry('team/app:1')).toBe('registry.lab:5000/team/app:1');
});

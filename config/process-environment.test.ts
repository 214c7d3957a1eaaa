// cspell:ignore unstub PGPASSWORD GOPROXY
import { afterEach, expect, it, vi } from 'vitest';
import { buildEnvironment, childEnvironment } from './process-environment.js';
import { VARIABLES } from './variables.js';

afterEach(() => vi.unstubAllEnvs());

it('hands nothing of ours, and nothing it does not know, to a program that is started', () => {
  const planted = [
    ...Object.keys(VARIABLES),
    'TEMPORAL_GRPC_META_AUTH',
    'AWS_SECRET_ACCESS_KEY',
    'NPM_TOKEN',
    'PGPASSWORD',
  ];
  for (const name of planted) vi.stubEnv(name, 'planted');
  vi.stubEnv('LC_TIME', 'C');
  vi.stubEnv('GOPROXY', 'direct');
  const child = childEnvironment({ LC_ALL: 'C' });
  expect(Object.values(child)).not.toContain('planted');
  expect(child).toMatchObject({ PATH: process.env.PATH, LC_TIME: 'C', LC_ALL: 'C' });
  expect(child.GOPROXY).toBeUndefined();
  const build = buildEnvironment();
  expect(Object.values(build)).not.toContain('planted');
  expect(build).toMatchObject({ PATH: process.env.PATH, GOPROXY: 'direct' });
});

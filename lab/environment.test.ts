import { expect, it } from 'vitest';
import { exportLines, labEnvironment } from './environment.js';
import { slotOf } from './machine/slot.js';

it('names what a service and a test need', () => {
  const environment = labEnvironment(
    slotOf(2, '/checkout/.lab'),
    { adminToken: 'token', s3AccessKey: 'lab', s3SecretKey: 'secret' },
    '/programs',
    {
      transfer: { name: 'registry.lab:5000/transfer:1', archive: '' },
      sampleApp: { name: 'registry.lab:5000/sample-app:1', archive: '' },
      hookRunner: { name: 'registry.lab:5000/hook-runner:1', archive: '' },
    },
  );
  expect(environment).toEqual({
    SOURCE_KUBECONFIG: '/checkout/.lab/source/kubeconfig',
    TARGET_KUBECONFIG: '/checkout/.lab/target/kubeconfig',
    S3_URL: 'http://198.18.2.1:9000',
    S3_BUCKET: 'migrations',
    S3_REGION: 'us-east-1',
    S3_ACCESS_KEY: 'lab',
    S3_SECRET_KEY: 'secret',
    REGISTRY: 'registry.lab:5000',
    TRANSFER_IMAGE: 'registry.lab:5000/transfer:1',
    SAMPLE_APP_IMAGE: 'registry.lab:5000/sample-app:1',
    HOOK_RUNNER_IMAGE: 'registry.lab:5000/hook-runner:1',
    LAB_BIN: '/programs',
  });
});

it('quotes values for a shell', () => {
  expect(exportLines({ A: 'plain', B: "it's $HOME" })).toBe("export A='plain'\nexport B='it'\\''s $HOME'");
});

import { expect, it } from 'vitest';
import { readSettings } from './settings.js';

const image = { transferImage: 'registry/transfer:1' };

it('has a default for everything but the image', () => {
  const { settings, problems } = readSettings(undefined, image);
  expect(problems).toEqual([]);
  expect(settings.limits).toEqual({ namespaces: 10, pods: 100, persistentVolumes: 100 });
  expect(settings.run.rsync).toEqual({ bandwidthLimitKiB: undefined, extraOptions: [], backoffLimit: 20 });
  expect(settings.run.patience.copy).toBe(900);
  expect(readSettings(undefined).settings.run.transferImage).toBe('');
  expect(readSettings(undefined).settings.hookRunnerImage).toBe('');
});

it('takes the image of playbooks from the settings, else from the installation', () => {
  const image = (spec: Record<string, unknown>) =>
    readSettings(spec, { hookRunnerImage: 'registry/hook-runner:1' }).settings.hookRunnerImage;
  expect(image({})).toBe('registry/hook-runner:1');
  expect(image({ hook_runner_image_fqin: 'mine/hook-runner:2' })).toBe('mine/hook-runner:2');
});

it('takes numeric strings, lists and the image that is set', () => {
  const { settings, problems } = readSettings(
    {
      mig_pv_limit: '7',
      rsync_opt_bwlimit: 1024,
      rsync_opt_extras: '--sparse --whole-file',
      src_supplemental_groups: '1000,2000',
      rsync_transfer_image_fqin: 'mine/transfer:2',
      disable_pv_migration: 'true',
    },
    image,
  );
  expect(problems).toEqual([]);
  expect(settings.limits.persistentVolumes).toBe(7);
  expect(settings.run.rsync).toMatchObject({ bandwidthLimitKiB: 1024, extraOptions: ['--sparse', '--whole-file'] });
  expect(settings.run.sourceSupplementalGroups).toEqual([1000, 2000]);
  expect(settings.run.transferImage).toBe('mine/transfer:2');
  expect(settings.excludedResources).toContain('persistentvolumeclaims');
});

it('leaves out what MTC leaves out, what is added, and what the switches say', () => {
  const excluded = (spec: Record<string, unknown>) => readSettings(spec, image).settings.excludedResources;
  expect(excluded({})).toEqual(expect.arrayContaining(['operatorgroups', 'events.events.k8s.io']));
  expect(excluded({})).not.toContain('imagestreams');
  expect(excluded({ excluded_resources: ['events', 'backups.example.com'] })).toEqual([
    'events',
    'backups.example.com',
  ]);
  expect(excluded({ disable_image_migration: true })).toEqual(expect.arrayContaining(['events', 'imagestreams']));
});

it.each([
  [{ stunnel_tcp_proxy: 'http://proxy:3128' }, 'spec.stunnel_tcp_proxy', true],
  [{ rsync_endpoint_type: 'Route' }, 'spec.rsync_endpoint_type', true],
  [{ rsync_opt_delete: false }, 'spec.rsync_opt_delete', true],
  [{ enable_dvm_pv_resizing: true }, 'spec.enable_dvm_pv_resizing', true],
  [{ migration_rsync_super_privileged: 'true' }, 'spec.migration_rsync_super_privileged', true],
  [{ rsync_opt_extras: '--rsh=/bin/sh' }, 'spec.rsync_opt_extras', false],
  [{ rsync_opt_extras: '--x;reboot' }, 'spec.rsync_opt_extras', false],
  [{ target_supplemental_groups: 'wheel' }, 'spec.target_supplemental_groups', false],
  [{ mig_pod_limit: 0 }, 'spec.mig_pod_limit', false],
])('reports %j', (spec, field, blocks) => {
  expect(readSettings(spec, image).problems).toMatchObject([{ field, blocks }]);
});

it.each([
  { rsync_endpoint_type: 'NodePort' },
  { rsync_endpoint_type: '' },
  { rsync_opt_delete: 'true' },
  { something_else: 1 },
])('accepts %j', (spec) => {
  expect(readSettings(spec, image).problems).toEqual([]);
});

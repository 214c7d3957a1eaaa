import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NAMESPACE, startMigration, untilEnded } from '../../lab/client/migrations.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { makeServerCertificate } from '../kit/cluster/certificates.js';
import { deployment, podTemplate } from '../kit/fakes/workload-objects.js';
import { conditionOf } from '../kit/system/mid-run.js';
import { Scene } from '../kit/system/scene.js';
import { SharedSystem } from '../kit/system/shared-system.js';
import { fromEnvironment } from '../kit/system/system.js';

// cspell:ignore rfile wfile validatingwebhookconfiguration
const cutover = { quiescePods: true };
const PRIORITY: KubeObject = {
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name: 'fld-only-on-source' },
  value: 1000,
};
const settings = (mode: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data: { mode },
});
const withPod = (object: KubeObject, pod: object): KubeObject => {
  const { template } = object.spec;
  return { ...object, spec: { ...object.spec, template: { ...template, spec: { ...template.spec, ...pod } } } };
};

let system: SharedSystem;
const scenes: Scene[] = [];
const open = async (name: string, objects: KubeObject[]): Promise<Scene> => {
  const scene = await Scene.open(system, name, objects);
  scenes.push(scene);
  return scene;
};
const planMessage = async ({ namespace }: Scene, type: string): Promise<string | undefined> => {
  const plan = await system.mtc.get<KubeObject>('migplan', namespace, '-n', NAMESPACE);
  return plan.status.conditions.find((condition: { type: string }) => condition.type === type)?.message;
};
const place = (scene: Scene) => system.target.run(['create', 'namespace', scene.namespace]);

beforeAll(async () => {
  system = await SharedSystem.attach();
});
afterAll(async () => {
  await Promise.all(scenes.map((scene) => scene.remove()));
  await system?.source.run(['delete', 'priorityclass', PRIORITY.metadata.name, '--ignore-not-found']);
  await system?.stop();
});

it('a target that holds the workload already, down, is refused before anything is halted', async () => {
  const scene = await open('there', [settings('production'), deployment('web')]);
  await place(scene);
  await scene.put(system.target, [settings('rehearsal'), deployment('web', { replicas: 0 })]);
  await scene.plan();
  expect(await planMessage(scene, 'WorkloadsDownOnTarget')).toContain(`Deployment ${scene.namespace}/web`);
  expect(await planMessage(scene, 'ObjectsOnTarget')).toContain(`ConfigMap ${scene.namespace}/settings`);
  const migration = await scene.migrate(`${scene.namespace}-cutover`, cutover);
  const told = conditionOf(migration, 'Failed')?.message;
  expect(told).toMatch(/down on both sides: Deployment \S+\/web/);
  expect(told).toContain(`ConfigMap ${scene.namespace}/settings`);
  expect(await scene.replicas(system.source)).toEqual({ web: 1 });
});

it('what MTC had left down is started on the target as its annotations say', async () => {
  const saved = { 'migration.openshift.io/preQuiesceReplicas': '2' };
  const report: KubeObject = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'report', annotations: { 'migration.openshift.io/preQuiesceSuspend': 'true' } },
    spec: {
      schedule: '0 3 * * *',
      suspend: true,
      jobTemplate: { spec: { template: { spec: { ...podTemplate('report').spec, restartPolicy: 'Never' } } } },
    },
  };
  const web = deployment('web', { replicas: 0 });
  const scene = await open('halted', [{ ...web, metadata: { ...web.metadata, annotations: saved } }, report]);
  await scene.plan();
  expect(await planMessage(scene, 'WorkloadsHaltedBefore')).toContain('preQuiesceReplicas: 2');
  const migration = await scene.migrate(`${scene.namespace}-cutover`, cutover);
  expect(conditionOf(migration, 'SucceededWithWarnings'), JSON.stringify(migration.status)).toBeDefined();
  expect(await scene.replicas(system.target)).toEqual({ web: 2 });
  expect(await scene.replicas(system.source)).toEqual({ web: 0 });
  const arrived = await system.target.get<KubeObject>('cronjob', 'report', '-n', scene.namespace);
  expect(arrived.spec.suspend).toBe(false);
});

it('a class that only the source has is named, and nothing is halted', async () => {
  await system.source.apply(JSON.stringify(PRIORITY));
  const scene = await open('class', [withPod(deployment('web'), { priorityClassName: PRIORITY.metadata.name })]);
  await scene.plan();
  expect(await planMessage(scene, 'ClassesMissingOnTarget')).toContain(`PriorityClass ${PRIORITY.metadata.name}`);
  const migration = await scene.migrate(`${scene.namespace}-cutover`, cutover);
  expect(conditionOf(migration, 'Failed')?.message).toContain(PRIORITY.metadata.name);
  expect(await scene.replicas(system.source)).toEqual({ web: 1 });
});

it('the API server of the source does not come along from default', async () => {
  const name = `web-${process.pid}`;
  const target = `fld-default-${process.pid}`;
  await system.source.run(['-n', 'default', 'apply', '-f', '-'], JSON.stringify(deployment(name, { replicas: 0 })));
  try {
    await system.plan(target, [`default:${target}`]);
    await startMigration(system.mtc, `${target}-cutover`, target, cutover);
    const migration = await untilEnded(system.mtc, `${target}-cutover`, { seconds: 120 });
    expect(migration.status?.errors ?? []).toEqual([]);
    const kinds = 'services,endpointslices,deployments';
    const names = await system.target.run(['-n', target, 'get', kinds, '-o', 'name']);
    expect(names.trim()).toBe(`deployment.apps/${name}`);
  } finally {
    await system.source.run(['-n', 'default', 'delete', `deployment/${name}`]);
    await system.target.run(['delete', 'namespace', target, '--wait=false', '--ignore-not-found']);
  }
});

describe('members that start one after the other', () => {
  const patience = (seconds: number) =>
    system.mtc.run([
      '-n',
      NAMESPACE,
      'patch',
      'migrationcontroller',
      'migration-controller',
      '--type=merge',
      '-p',
      JSON.stringify({ spec: { start_patience_seconds: seconds } }),
    ]);

  it('are waited for as long as one more gets ready', async () => {
    const template = podTemplate('members');
    const [container] = template.spec.containers;
    const ready = { exec: { command: ['test', '-f', '/tmp/ready'] }, periodSeconds: 1 };
    const command = [
      'sh',
      '-c',
      'mkdir -p /tmp; sleep 5; touch /tmp/ready; trap "exit 0" TERM; while :; do sleep 1 & wait $!; done',
    ];
    const members: KubeObject = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      // As MTC leaves it: that it runs on the source would only take time.
      metadata: { name: 'members', annotations: { 'migration.openshift.io/preQuiesceReplicas': '3' } },
      spec: {
        serviceName: 'members',
        replicas: 0,
        selector: { matchLabels: { app: 'members' } },
        template: {
          ...template,
          spec: { terminationGracePeriodSeconds: 1, containers: [{ ...container, command, readinessProbe: ready }] },
        },
      },
    };
    const scene = await open('members', [members]);
    await patience(12);
    try {
      await scene.plan();
      const migration = await scene.migrate(`${scene.namespace}-cutover`, cutover);
      expect(conditionOf(migration, 'SucceededWithWarnings'), JSON.stringify(migration.status)).toBeDefined();
      expect(conditionOf(migration, 'UnhealthyNamespaces')).toBeUndefined();
      const arrived = await system.target.get<KubeObject>('statefulset', 'members', '-n', scene.namespace);
      expect(arrived.status.readyReplicas).toBe(3);
    } finally {
      await patience(300);
    }
  });
});

describe("what only the application's own webhook admits", () => {
  const GUARD = `
import http.server, json, ssl
class Guard(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        review = json.loads(self.rfile.read(int(self.headers["content-length"])))
        response = {"uid": review["request"]["uid"], "allowed": True}
        body = json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
server = http.server.ThreadingHTTPServer(("", 8443), Guard)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/tls/tls.crt", "/tls/tls.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
`;
  const GROUP = `fld${process.pid}.example`;
  const definition: KubeObject = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `gadgets.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { kind: 'Gadget', plural: 'gadgets', singular: 'gadget' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  };
  const configuration = (namespace: string, ca: string): KubeObject => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: namespace },
    webhooks: [
      {
        name: definition.metadata.name,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        timeoutSeconds: 5,
        clientConfig: {
          caBundle: Buffer.from(ca).toString('base64'),
          service: { namespace, name: 'guard', port: 443, path: '/' },
        },
        rules: [{ apiGroups: [GROUP], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['gadgets'] }],
      },
    ],
  });
  let scene: Scene;
  afterAll(async () => {
    for (const cluster of [system.source, system.target]) {
      await cluster.run(['delete', 'validatingwebhookconfiguration', scene.namespace, '--ignore-not-found']);
      await cluster.run(['delete', 'crd', definition.metadata.name, '--ignore-not-found', '--wait=false']);
    }
  });

  it('arrives when that runs on the target', async () => {
    const metadata = { name: 'guard' };
    scene = await open('guard', [{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'guard.py': GUARD } }]);
    const { namespace } = scene;
    const { ca, cert, key } = await makeServerCertificate([`guard.${namespace}.svc`]);
    const guard = withPod(deployment('guard'), {
      containers: [
        {
          name: 'guard',
          image: fromEnvironment('HOOK_RUNNER_IMAGE'),
          command: ['python3', '/code/guard.py'],
          readinessProbe: { tcpSocket: { port: 8443 }, periodSeconds: 1 },
          volumeMounts: [
            { name: 'code', mountPath: '/code' },
            { name: 'tls', mountPath: '/tls' },
          ],
        },
      ],
      volumes: [
        { name: 'code', configMap: { name: 'guard' } },
        { name: 'tls', secret: { secretName: 'guard' } },
      ],
      terminationGracePeriodSeconds: 1,
    });
    await scene.put(system.source, [
      { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { 'tls.crt': cert, 'tls.key': key } },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata,
        spec: { selector: { app: 'guard' }, ports: [{ port: 443, targetPort: 8443 }] },
      },
      guard,
    ]);
    for (const cluster of [system.source, system.target]) {
      await cluster.apply(JSON.stringify(definition));
      await cluster.run(['wait', '--for=condition=Established', `crd/${definition.metadata.name}`, '--timeout=30s']);
    }
    await scene.put(system.source, [
      { apiVersion: `${GROUP}/v1`, kind: 'Gadget', metadata: { name: 'one' }, spec: { color: 'red' } },
    ]);
    for (const cluster of [system.source, system.target]) {
      await cluster.apply(JSON.stringify(configuration(namespace, ca)));
    }
    // Velero asks for new types at its start, and every five minutes.
    await system.source.run(['-n', NAMESPACE, 'rollout', 'restart', 'deployment/velero']);
    await system.source.run(['-n', NAMESPACE, 'rollout', 'status', 'deployment/velero', '--timeout=60s']);
    await scene.plan();
    const migration = await scene.migrate(`${namespace}-cutover`, cutover);
    expect(migration.status?.errors ?? []).toEqual([]);
    const gadget = await system.target.get<KubeObject>(`gadgets.${GROUP}`, 'one', '-n', namespace);
    expect(gadget.spec).toEqual({ color: 'red' });
    expect(conditionOf(migration, 'VeleroFinalRestorePartiallyFailed')).toBeUndefined();
  });
});

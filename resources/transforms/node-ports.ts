import type { KubeObject } from '../meta/kube-object.js';

interface ServicePort {
  nodePort?: number;
}

const portsOf = (service: KubeObject): ServicePort[] => service.spec?.ports ?? [];

/** Ports that a Service occupies on every node of its cluster. */
export const nodePortsOf = (service: KubeObject): number[] =>
  [...portsOf(service).map(({ nodePort }) => nodePort), service.spec?.healthCheckNodePort].filter(
    (port): port is number => typeof port === 'number' && port > 0,
  );

/**
 * A Service without its node ports where one of them is taken on the target, so that it gets new ones there instead of being refused.
 * Otherwise Velero keeps those its owner chose and drops the others.
 */
export function releaseTakenNodePorts(service: KubeObject, taken: ReadonlySet<number>): KubeObject {
  if (!nodePortsOf(service).some((port) => taken.has(port))) return service;
  const { healthCheckNodePort, ...spec } = service.spec;
  return { ...service, spec: { ...spec, ports: portsOf(service).map(({ nodePort, ...port }) => port) } };
}

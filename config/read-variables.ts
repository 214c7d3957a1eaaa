import { closest } from '../resources/meta/closest.js';
import type { Problem } from './problems.js';
import type { Environment, ProcessName, Variable } from './variable.js';
import { isKnown, VARIABLES, type Values, type VariableName } from './variables.js';

const NAMES = Object.keys(VARIABLES) as VariableName[];

/** What other Temporal programs read, or what one would expect to work and does not. */
const WITHOUT_EFFECT: Record<string, string> = {
  TEMPORAL_CODEC_ENDPOINT: 'payloads are not encoded by this service',
  TEMPORAL_CODEC_AUTH: 'payloads are not encoded by this service',
};

/** Set by Kubernetes for each Service of the namespace: a Service named `mtc` sets MTC_PORT. */
const SERVICE_LINK = /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/;
const SERVICE_LINK_VALUE = /^(tcp|udp|sctp):\/\//;

/** Reads what concerns one process; a variable set to nothing counts as not set. */
export function readVariables(env: Environment, process: ProcessName, report: (problem: Problem) => void): Values {
  const values: Record<string, unknown> = {};
  for (const name of NAMES) {
    const description: Variable = VARIABLES[name];
    const { processes, required, remedy, secret, schema } = description;
    if (!processes.includes(process)) continue;
    const given = env[name] || undefined;
    const text = given ?? description.default;
    if (text === undefined) {
      if (required?.includes(process)) report({ variable: name, what: 'it is not set.', remedy });
      continue;
    }
    if (SERVICE_LINK_VALUE.test(text) && name.startsWith('MTC_')) {
      report(serviceLink(name));
      continue;
    }
    const result = schema.safeParse(text);
    if (result.success) values[name] = result.data;
    else {
      const message = result.error.issues[0]?.message ?? 'is not valid.';
      report({ variable: name, what: secret ? message : `${JSON.stringify(text)} ${message}`, remedy });
    }
  }
  return values as Values;
}

const serviceLink = (variable: string): Problem => ({
  variable,
  what: 'Kubernetes set it for a Service whose name begins with "mtc".',
  remedy: 'Set it for this container, or set enableServiceLinks: false for its pod.',
});

/**
 * Variables that look like ours and are not known: a problem where a known name is near, since a misspelled variable leaves a default in
 * force; else a warning. Of Temporal's there are many for other programs, which at most deserve a hint.
 */
export function findUnknown(env: Environment, report: (problem: Problem) => void, warn: (line: string) => void): void {
  for (const [name, value] of Object.entries(env)) {
    const isOurs = name.startsWith('MTC_');
    if (!value || isKnown(name) || (!isOurs && !name.startsWith('TEMPORAL_'))) continue;
    if (name.startsWith('TEMPORAL_GRPC_META_') || SERVICE_LINK.test(name) || SERVICE_LINK_VALUE.test(value)) continue;
    if (WITHOUT_EFFECT[name]) {
      warn(`${name} has no effect: ${WITHOUT_EFFECT[name]}.`);
      continue;
    }
    if (name === 'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION') {
      if (/^(true|1)$/.test(value)) report(hostVerification);
      continue;
    }
    const near = closest(name, NAMES);
    const hint = near && `Perhaps ${near} is meant.`;
    if (isOurs && hint && !env[near]) report({ variable: name, what: 'it is not a known variable.', remedy: hint });
    else if (isOurs || hint) warn(`${name} has no effect here. ${hint ?? 'See docs/configuration.md.'}`);
  }
}

const hostVerification: Problem = {
  variable: 'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION',
  what: "the server's certificate is always verified.",
  remedy: 'Unset it; name the authority in TEMPORAL_TLS_SERVER_CA_CERT_PATH and the name in TEMPORAL_TLS_SERVER_NAME.',
};

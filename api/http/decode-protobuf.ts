import protobuf from 'protobufjs';
import { PROTOBUF_SCHEMA } from './protobuf-schema.js';

/** kubectl's `create secret` and `create configmap`, and typed Go clients of the core kinds, speak protobuf only. */
export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** Before every message: tells a Kubernetes envelope from other protobuf. */
const MAGIC = Buffer.from('k8s\0', 'latin1');

const { root } = protobuf.parse(PROTOBUF_SCHEMA, { keepCase: true });
const envelope = root.lookupType('Unknown');

/** Kinds of every group: which one is said by the path. */
const OF_EVERY_GROUP = ['DeleteOptions'];

/**
 * An object in Kubernetes' protobuf encoding, as the plain object its JSON would be. Undefined for kinds that are not written this way.
 *
 * @throws Error when the bytes are not such a message
 */
export function decodeProtobuf(body: Buffer): object | undefined {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('it does not begin with the mark of Kubernetes');
  const { typeMeta, raw = Buffer.alloc(0) } = envelope.toObject(envelope.decode(body.subarray(MAGIC.length)));
  const { kind = '', apiVersion = '' } = typeMeta ?? {};
  const [version, group = ''] = String(apiVersion).split('/').reverse();
  const message = root.lookup([OF_EVERY_GROUP.includes(kind) ? 'every' : groupOf(group), kind], [protobuf.Type]);
  if (!(message instanceof protobuf.Type) || (version !== 'v1' && !OF_EVERY_GROUP.includes(kind))) return undefined;
  const fields = message.toObject(message.decode(raw), { bytes: String, longs: Number });
  return { apiVersion, kind, ...(plain(message, fields) as object) };
}

/** `authorization` of `authorization.k8s.io`. */
const groupOf = (group: string): string => (group === '' ? 'core' : group.replace(/\.k8s\.io$/, ''));

const TIMES = ['Time', 'MicroTime'];

/** Times as texts, and without the empty texts and times that Go writes where nothing is set. */
function plain(type: protobuf.Type, message: Record<string, unknown>): unknown {
  if (TIMES.includes(type.name)) return timeOf(message as { seconds?: number; nanos?: number }, type.name);
  return Object.fromEntries(
    Object.entries(message).flatMap(([name, value]) => {
      const shown = plainField(type.fields[name], value);
      return shown === undefined || shown === '' ? [] : [[name, shown]];
    }),
  );
}

function plainField(field: protobuf.Field | undefined, value: unknown): unknown {
  const type = field?.resolvedType;
  if (!(type instanceof protobuf.Type)) return value;
  if (Array.isArray(value)) return value.map((entry) => plain(type, entry));
  return plain(type, value as Record<string, unknown>);
}

function timeOf({ seconds, nanos = 0 }: { seconds?: number; nanos?: number }, type: string): string | undefined {
  if (seconds === undefined) return undefined;
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) throw new Error(`${seconds} is not a time`);
  const whole = date.toISOString().slice(0, -5);
  return type === 'Time' ? `${whole}Z` : `${whole}.${String(Math.floor(nanos / 1000)).padStart(6, '0')}Z`;
}

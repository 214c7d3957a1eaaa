import protobuf from 'protobufjs';
import { apiVersionOf, findKind } from '../../resources/kinds/index.js';

/** kubectl's `create secret` and `create configmap` speak protobuf only. */
export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** Before every message: tells a Kubernetes envelope from other protobuf. */
const MAGIC = Buffer.from('k8s\0', 'latin1');

/** The parts of Kubernetes' own messages that users write, with their field numbers. */
const SCHEMA = `
  syntax = "proto3";
  message TypeMeta { string apiVersion = 1; string kind = 2; }
  message Unknown { TypeMeta typeMeta = 1; bytes raw = 2; }
  message ObjectMeta {
    string name = 1; string generateName = 2; string namespace = 3; string uid = 5; string resourceVersion = 6;
    map<string, string> labels = 11; map<string, string> annotations = 12; repeated string finalizers = 14;
  }
  message Secret {
    ObjectMeta metadata = 1; map<string, bytes> data = 2; string type = 3; map<string, string> stringData = 4;
    optional bool immutable = 5;
  }
  message ConfigMap {
    ObjectMeta metadata = 1; map<string, string> data = 2; map<string, bytes> binaryData = 3; optional bool immutable = 4;
  }
  message Namespace { ObjectMeta metadata = 1; }
`;

const { root } = protobuf.parse(SCHEMA, { keepCase: true });
const envelope = root.lookupType('Unknown');

/**
 * A core object in Kubernetes' protobuf encoding, as the plain object its JSON would be. Undefined for kinds that are not written
 * this way.
 *
 * @throws Error when the bytes are not such a message
 */
export function decodeProtobuf(body: Buffer): object | undefined {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('it does not begin with the mark of Kubernetes');
  const { typeMeta, raw } = envelope.toObject(envelope.decode(body.subarray(MAGIC.length)));
  const definition = findKind(typeMeta?.kind ?? '');
  const message = definition?.group === '' ? root.get(definition.kind) : null;
  if (!definition || typeMeta.apiVersion !== apiVersionOf(definition) || !(message instanceof protobuf.Type))
    return undefined;
  const { metadata, ...fields } = message.toObject(message.decode(raw), { bytes: String, longs: Number });
  return { ...typeMeta, metadata: withoutEmpty(metadata ?? {}), ...withoutEmpty(fields) };
}

/** Go writes empty texts where nothing is set. */
const withoutEmpty = (message: object): object =>
  Object.fromEntries(Object.entries(message).filter(([, value]) => value !== ''));

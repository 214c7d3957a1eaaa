import type { FieldError } from '../../meta/kind-definition.js';
import type { KubeObject } from '../../meta/kube-object.js';

/** Kubernetes' own bound of what a Secret or ConfigMap holds. */
const MOST_BYTES = 1024 * 1024;

const KEY = /^[-._a-zA-Z0-9]{1,253}$/;

const isKey = (key: string): boolean => KEY.test(key) && key !== '.' && !key.startsWith('..');

/** Bytes that base64 stands for. */
const unpacked = (text: string): number => Math.floor((text.replaceAll(/[\r\n=]/g, '').length * 3) / 4);

const bytes = (text: string): number => new TextEncoder().encode(text).length;

type Sizes = Record<string, (value: string) => number>;
const SIZES: Sizes = { data: bytes, binaryData: unpacked };
const SECRET_SIZES: Sizes = { data: unpacked, stringData: bytes };

const wrong = (field: string, message: string): FieldError => ({ field, reason: 'FieldValueInvalid', message });

/** Kubernetes' rules for the keys and values of a Secret or ConfigMap: they become files of pods. */
export function contentErrors(object: KubeObject): FieldError[] {
  const secret = object.kind === 'Secret';
  const fields = Object.entries(secret ? SECRET_SIZES : SIZES).map(([field, sizeOf]) => ({
    field,
    entries: Object.entries((object[field] ?? {}) as Record<string, string>),
    sizeOf,
  }));
  const keys = fields.flatMap(({ field, entries }) =>
    entries
      .filter(([key]) => !isKey(key))
      .map(([key]) =>
        wrong(
          `${field}[${key.slice(0, 60)}]`,
          "a key has up to 253 letters, digits, '-', '_' and '.', and does not begin with '..'",
        ),
      ),
  );
  const twice = secret
    ? []
    : Object.keys(object.binaryData ?? {})
        .filter((key) => Object.hasOwn(object.data ?? {}, key))
        .map((key) => wrong(`binaryData[${key.slice(0, 60)}]`, 'is in data too; a key stands in one of them'));
  const size = fields.flatMap(({ entries, sizeOf }) => entries.map(([, value]) => sizeOf(value)));
  const tooMuch = size.reduce((sum, one) => sum + one, 0) > MOST_BYTES;
  return [
    ...keys,
    ...twice,
    ...(tooMuch ? [wrong('data', `Too long: the values have together at most ${MOST_BYTES} bytes`)] : []),
  ];
}

/** Bytes as clients in Go send them, written out here field by field: nothing of it is what the API reads them with. */
const variable = (value: number): Buffer => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
};

export const text = (field: number, value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([variable(field * 8 + 2), variable(bytes.length), bytes]);
};

export const number = (field: number, value: number): Buffer => Buffer.concat([variable(field * 8), variable(value)]);

export const message = (field: number, ...fields: Buffer[]): Buffer => text(field, Buffer.concat(fields));

/** The envelope of Kubernetes around a message. */
export const envelope = (apiVersion: string, kind: string, ...fields: Buffer[]): Buffer =>
  Buffer.concat([
    Buffer.from('k8s\0', 'latin1'),
    message(1, text(1, apiVersion), text(2, kind)),
    message(2, ...fields),
    text(3, ''),
    text(4, ''),
  ]);

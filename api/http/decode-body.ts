import express, { type NextFunction, type Request, type Response } from 'express';
import { LineCounter, parseDocument } from 'yaml';
import { ApiError, badRequest } from './api-error.js';
import { decodeProtobuf, PROTOBUF } from './decode-protobuf.js';

/** Kubernetes stores objects up to 1.5 MiB. */
const LIMIT_BYTES = 1.5 * 1024 * 1024;

const JSON_TYPES = [
  'application/json',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];
const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml', 'application/apply-patch+yaml'];

/** `application/json` of `application/json; charset=utf-8`; JSON when nothing is said. */
export const mediaTypeOf = (request: Request): string =>
  (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';

const receive = express.raw({ type: () => true, limit: LIMIT_BYTES });

/** Middleware: the body as a plain value in `request.body`, undefined when there is none. */
export function decodeBody(request: Request, response: Response, next: NextFunction): void {
  receive(request, response, (error?: unknown) => {
    try {
      if (error) throw receiveError(error);
      request.body = Buffer.isBuffer(request.body) && request.body.length > 0 ? decode(request) : undefined;
      next();
    } catch (failure) {
      next(failure);
    }
  });
}

function receiveError(error: unknown): ApiError {
  const { type, status } = error as { type?: string; status?: number };
  if (type === 'entity.too.large') {
    return new ApiError(
      413,
      'RequestEntityTooLarge',
      `the object is larger than the ${LIMIT_BYTES / 1024 / 1024} MiB that can be stored`,
    );
  }
  return new ApiError(status ?? 400, 'BadRequest', 'the request body could not be read');
}

function decode(request: Request): unknown {
  const value = decodeAs(mediaTypeOf(request), request.body as Buffer);
  refusePrototypeKeys(value);
  return value;
}

function decodeAs(mediaType: string, body: Buffer): unknown {
  if (JSON_TYPES.includes(mediaType)) return decodeJson(body.toString('utf8'));
  if (YAML_TYPES.includes(mediaType)) return decodeYaml(body.toString('utf8'));
  return (mediaType === PROTOBUF && readProtobuf(body)) || unsupported(mediaType);
}

function readProtobuf(body: Buffer): object | undefined {
  try {
    return decodeProtobuf(body);
  } catch (error) {
    throw badRequest(`the body is not valid protobuf: ${(error as Error).message}`);
  }
}

function unsupported(mediaType: string): never {
  throw new ApiError(
    415,
    'UnsupportedMediaType',
    `the body is in a format that is not supported here, ${mediaType}; send JSON or YAML`,
  );
}

function decodeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`the body is not valid JSON: ${(error as Error).message}`);
  }
}

function decodeYaml(text: string): unknown {
  const document = parseDocument(text, { lineCounter: new LineCounter(), prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    if (error.code === 'MULTIPLE_DOCS')
      throw badRequest('the body holds several YAML documents; send one object at a time');
    throw malformedYaml(text, error.pos[0], error.message);
  }
  try {
    return document.toJS({ maxAliasCount: 50 });
  } catch (failure) {
    throw badRequest(`the body is not valid YAML: ${(failure as Error).message}`);
  }
}

function malformedYaml(text: string, offset: number, message: string): ApiError {
  const before = text.slice(0, offset).split('\n');
  const where = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  return badRequest(`the body is not valid YAML: ${where}: ${message}`, [
    { reason: 'FieldValueInvalid', message: where },
  ]);
}

/** Keys that could reach the prototype of an object when merged have no place in any kind. */
function refusePrototypeKeys(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (key === '__proto__') throw badRequest(`the key "${key}" is not allowed`);
    refusePrototypeKeys(child);
  }
}

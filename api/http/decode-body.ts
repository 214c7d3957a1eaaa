import express, { type NextFunction, type Request, type Response } from 'express';
import { ApiError, badRequest } from './api-error.js';
import { checkBounds, LARGEST_OBJECT, tooLarge } from './bounds.js';
import { decodeProtobuf, PROTOBUF } from './decode-protobuf.js';
import { decodeYaml } from './decode-yaml.js';
import { duplicateFields } from './duplicate-keys.js';

const JSON_TYPES = [
  'application/json',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];
const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml', 'application/apply-patch+yaml'];

interface Decoded {
  value: unknown;
  /** What stands more than once in the body, in words for a warning; asked for once its bounds are known. */
  duplicates?: () => readonly string[];
}

/** `application/json` of `application/json; charset=utf-8`; JSON when nothing is said. */
export const mediaTypeOf = (request: Request): string =>
  (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';

const receive = express.raw({ type: () => true, limit: LARGEST_OBJECT });

const duplicates = new WeakMap<Request, readonly string[]>();

/** What stands more than once in the body of a request; the last of each was taken. */
export const duplicatesIn = (request: Request): readonly string[] => duplicates.get(request) ?? [];

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
    return tooLarge(`the object is larger than the ${LARGEST_OBJECT / 1024 / 1024} MiB that can be stored`);
  }
  return new ApiError(status ?? 400, 'BadRequest', 'the request body could not be read');
}

function decode(request: Request): unknown {
  const decoded = decodeAs(mediaTypeOf(request), request.body as Buffer);
  checkBounds(decoded.value);
  const repeated = decoded.duplicates?.() ?? [];
  if (repeated.length > 0) duplicates.set(request, repeated);
  return decoded.value;
}

function decodeAs(mediaType: string, body: Buffer): Decoded {
  if (JSON_TYPES.includes(mediaType)) return decodeJson(body.toString('utf8'));
  if (YAML_TYPES.includes(mediaType)) return jsonOrYaml(body.toString('utf8'));
  const value = mediaType === PROTOBUF ? readProtobuf(body) : undefined;
  return value ? { value } : unsupported(mediaType);
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
    `the body is in a format that is not supported here, ${mediaType.slice(0, 200)}; send JSON or YAML`,
  );
}

function decodeJson(text: string): Decoded {
  try {
    const value: unknown = JSON.parse(text);
    return { value, duplicates: () => duplicateFields(text).map((field) => `duplicate field "${field}"`) };
  } catch (error) {
    throw badRequest(`the body is not valid JSON: ${(error as Error).message}`);
  }
}

/** JSON is YAML too, and most of what is sent as YAML is JSON. */
function jsonOrYaml(text: string): Decoded {
  if (!/^\s*\{/.test(text)) return decodeYaml(text);
  try {
    return decodeJson(text);
  } catch {
    return decodeYaml(text);
  }
}

import type { FieldError, KindDefinition } from '../../resources/meta/kind-definition.js';

export interface StatusCause {
  field?: string;
  reason?: string;
  message: string;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

/** A failure in the words of the Kubernetes API: becomes a `Status` object. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly httpStatus: number,
    readonly reason: string,
    message: string,
    readonly details?: StatusDetails,
  ) {
    super(message);
  }
}

type Kind = Pick<KindDefinition, 'group' | 'plural' | 'kind'>;

/** `migplans.migration.openshift.io`, or `secrets`. */
const qualifiedResource = ({ plural, group }: Kind): string => (group ? `${plural}.${group}` : plural);

const detailsOf = (kind: Kind, name?: string): StatusDetails => ({
  name,
  group: kind.group || undefined,
  kind: kind.plural,
});

export const badRequest = (message: string, causes?: StatusCause[]): ApiError =>
  new ApiError(400, 'BadRequest', message, causes && { causes });

export const notFound = (kind: Kind, name: string): ApiError =>
  new ApiError(404, 'NotFound', `${qualifiedResource(kind)} "${name}" not found`, detailsOf(kind, name));

export const noSuchPath = (): ApiError =>
  new ApiError(404, 'NotFound', 'the server could not find the requested resource');

export const alreadyExists = (kind: Kind, name: string): ApiError =>
  new ApiError(409, 'AlreadyExists', `${qualifiedResource(kind)} "${name}" already exists`, detailsOf(kind, name));

export const conflict = (kind: Kind, name: string, why: string, causes?: StatusCause[]): ApiError =>
  new ApiError(409, 'Conflict', `Operation cannot be fulfilled on ${qualifiedResource(kind)} "${name}": ${why}`, {
    ...detailsOf(kind, name),
    ...(causes && { causes }),
  });

/** 403, in Kubernetes' words. */
export function forbidden(
  kind: Kind,
  denied: { user: string; verb: string; namespace?: string; name?: string; part?: string },
): ApiError {
  const { user, verb, namespace, name, part } = denied;
  const resource = part ? `${kind.plural}/${part}` : kind.plural;
  const where = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope';
  return new ApiError(
    403,
    'Forbidden',
    `${qualifiedResource(kind)}${name ? ` "${name}"` : ''} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "${kind.group}" ${where}`,
    detailsOf(kind, name),
  );
}

export const methodNotAllowed = (kind: Kind, verb: string): ApiError =>
  new ApiError(405, 'MethodNotAllowed', `${verb} is not supported on ${qualifiedResource(kind)}`, detailsOf(kind));

/** Mistakes that are named in one answer, and characters of each: what a client sent is not sent back whole. */
const MOST_NAMED = 100;
const LONGEST = 1_000;

/** 422 with every mistake named. */
export function invalid(kind: Kind, name: string, all: readonly FieldError[]): ApiError {
  const errors = all.slice(0, MOST_NAMED).map((error) => ({
    ...error,
    field: error.field.slice(0, LONGEST),
    message: error.message.slice(0, LONGEST),
  }));
  const list = errors.map(({ field, message }) => `${field}: ${message}`);
  return new ApiError(
    422,
    'Invalid',
    `${kind.kind}${kind.group ? `.${kind.group}` : ''} "${name}" is invalid: ${list.length > 1 ? `[${list.join(', ')}]` : list[0]}`,
    { ...detailsOf(kind, name), kind: kind.kind, causes: errors },
  );
}

/** 422 about a query parameter. */
export const invalidParameter = (parameter: string, message: string): ApiError =>
  new ApiError(422, 'Invalid', `${parameter}: ${message}`, {
    causes: [{ field: parameter, reason: 'FieldValueInvalid', message }],
  });

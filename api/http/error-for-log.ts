/** Links of a chain of causes that are told. */
const DEPTH = 5;

/**
 * What a log may say of an error: a failed query carries the whole object that was written among its own properties, and the database's words about
 * it, parts.
 */
export function forLog(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { message: String(error).slice(0, 1_000) };
  const { name, message, stack, cause } = error;
  const { code, query } = error as { code?: unknown; query?: unknown };
  return {
    type: name,
    message: message.slice(0, 1_000),
    stack: stack?.slice(0, 8_000),
    ...(code !== undefined && { code: String(code) }),
    ...(typeof query === 'string' && { query: query.slice(0, 1_000) }),
    ...(cause !== undefined && depth < DEPTH && { cause: forLog(cause, depth + 1) }),
  };
}

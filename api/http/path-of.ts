import type { Request } from 'express';

/** The path of a request without its query. `request.path` does not help: Nest mounts middleware at the path itself. */
export const pathOf = (request: Request): string => request.originalUrl.split('?', 1)[0] ?? '';

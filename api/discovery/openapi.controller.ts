import { createHash } from 'node:crypto';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { noSuchPath } from '../http/api-error.js';
import { sendText } from '../present/respond.js';
import { SERVED_GROUPS, type ServedGroup } from './discovery-documents.js';
import { openApiDocument } from './openapi-document.js';

interface Served {
  text: string;
  hash: string;
}

const pathOf = ({ group, version }: ServedGroup): string => (group ? `apis/${group}/${version}` : `api/${version}`);

function render(served: ServedGroup): Served {
  const text = JSON.stringify(openApiDocument(served));
  return { text, hash: createHash('sha256').update(text).digest('hex').slice(0, 32).toUpperCase() };
}

/** The schemas behind `kubectl explain` and kubectl's checks. */
@Controller('openapi/v3')
export class OpenApiController {
  private readonly documents = new Map(SERVED_GROUPS.map((served) => [pathOf(served), render(served)]));

  @Get()
  index(@Res() response: Response): void {
    const paths = [...this.documents].map(([path, { hash }]) => [
      path,
      { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` },
    ]);
    response.json({ paths: Object.fromEntries(paths) });
  }

  @Get('*path')
  document(@Param('path') path: string | string[], @Req() request: Request, @Res() response: Response): void {
    const document = this.documents.get(Array.isArray(path) ? path.join('/') : path);
    if (!document) throw noSuchPath();
    response.setHeader('ETag', `"${document.hash}"`);
    sendText(request, response, 'application/json', document.text);
  }
}

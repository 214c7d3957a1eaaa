import { Controller, Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import protobuf from 'protobufjs';

const PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** The first fields of gnostic's `openapi.v2.Document`. */
const SCHEMA = `
  syntax = "proto3";
  message Info { string title = 1; string version = 2; }
  message Document { string swagger = 1; Info info = 2; }
`;

const DOCUMENT = { swagger: '2.0', info: { title: 'Migration toolkit', version: 'v1' } };

/**
 * An OpenAPI 2.0 document without schemas, in protobuf, which is all that kubectl takes. It asks for it before it sends a manifest of
 * `kind: List`, whose objects it would check itself; it leaves those whose schema it does not find to the service.
 */
@Controller('openapi/v2')
export class OpenApiV2Controller {
  private readonly document: Buffer;

  constructor() {
    const message = protobuf.parse(SCHEMA).root.lookupType('Document');
    this.document = Buffer.from(message.encode(message.create(DOCUMENT)).finish());
  }

  @Get()
  send(@Res() response: Response): void {
    response.setHeader('Content-Type', PROTOBUF);
    response.end(this.document);
  }
}

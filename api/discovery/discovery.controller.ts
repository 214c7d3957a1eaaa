import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { noSuchPath } from '../http/api-error.js';
import { respond } from '../present/respond.js';
import { ALL_GROUPS, groupList, resourceList } from './discovery-documents.js';

/** The level of the Kubernetes API conventions that is followed; kubectl compares its own version with it. */
const VERSION = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.0+migration-toolkit',
  // Clients take an answer without these for none. What they say of Kubernetes' own builds is not known of this one.
  gitCommit: '',
  gitTreeState: '',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: `none, node ${process.version}`,
  compiler: 'none',
  platform: 'any',
};

/** What `kubectl api-resources` and every client library ask first. */
@Controller()
export class DiscoveryController {
  @Get('version')
  version(@Req() request: Request, @Res() response: Response): void {
    respond(request, response, VERSION);
  }

  @Get('api')
  coreVersions(@Req() request: Request, @Res() response: Response): void {
    respond(request, response, { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] });
  }

  @Get('apis')
  groups(@Req() request: Request, @Res() response: Response): void {
    respond(request, response, groupList());
  }

  @Get('apis/:group')
  group(@Param('group') name: string, @Req() request: Request, @Res() response: Response): void {
    const group = groupList().groups.find((entry) => entry.name === name);
    if (!group) throw noSuchPath();
    respond(request, response, { kind: 'APIGroup', apiVersion: 'v1', ...group });
  }

  @Get(['api/:version', 'apis/:group/:version'])
  resources(
    @Param('group') group: string | undefined,
    @Param('version') version: string,
    @Req() request: Request,
    @Res() response: Response,
  ): void {
    const served = ALL_GROUPS.find((entry) => entry.group === (group ?? '') && entry.version === version);
    if (!served) throw noSuchPath();
    respond(request, response, resourceList(served));
  }
}

import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { migMigration } from '../../resources/kinds/mig-migration.js';
import { GROUP, VERSION } from '../../resources/meta/labels.js';
import { respond } from '../present/respond.js';
import { RunController } from './run.controller.js';

@Controller(`apis/${GROUP}/${VERSION}/namespaces/:namespace/migmigrations/:name`)
export class MigrationRunController extends RunController {
  protected readonly definition = migMigration;

  /** The plan, the migration, its attempts, and what these did and made. */
  @Get('tree')
  async tree(
    @Param('namespace') namespace: string,
    @Param('name') name: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    respond(request, response, await this.history.treeOf(await this.find(namespace, name)));
  }
}

import { All, Controller, Delete, Get, Inject, Patch, Post, Put, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { type MigrationStore, StoreError } from '../../migrations-db/migration-store.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { badRequest, methodNotAllowed, noSuchPath } from '../http/api-error.js';
import { ADMIN } from '../http/authenticate.js';
import { mediaTypeOf } from '../http/decode-body.js';
import { readListQuery, readSelection } from '../http/list-query.js';
import { flag } from '../http/query.js';
import { type ResourceTarget, Target } from '../http/resource-target.js';
import { readRevisionWish, refuseOtherRevision } from '../http/revision-wish.js';
import { success } from '../http/status.js';
import { STORE } from '../http/tokens.js';
import { readPatch } from '../patch/apply-patch.js';
import { negotiate } from '../present/negotiate.js';
import { respond, respondList, respondObject } from '../present/respond.js';
import { readWatchQuery } from '../watch/watch-query.js';
import { WatchService } from '../watch/watch-service.js';
import { readDeleteOptions } from './delete-options.js';
import { keepFinalizers } from './finalizers.js';
import { refuseBlind } from './identify.js';
import { ResourceService } from './resource-service.js';
import { userWrite } from './user-write.js';

/** The objects of every kind, at the paths of the Kubernetes API. */
@Controller([
  'api/:version/namespaces/:namespace/:plural',
  'apis/:group/:version/namespaces/:namespace/:plural',
  'api/:version/:plural',
  'apis/:group/:version/:plural',
])
export class ResourceController {
  constructor(
    @Inject(STORE) private readonly store: MigrationStore,
    @Inject(ResourceService) private readonly resources: ResourceService,
    @Inject(WatchService) private readonly watches: WatchService,
  ) {}

  @Get()
  async list(@Target() target: ResourceTarget, @Req() request: Request, @Res() response: Response): Promise<void> {
    if (flag(request, 'watch')) return this.watch(target, request, response);
    allow(target, 'list');
    const query = readListQuery(request, target);
    const wish = readRevisionWish(request);
    const page = await this.store.resources.list(query).catch(refuseToken);
    if (wish) refuseOtherRevision(wish, page.resourceVersion);
    respondList(request, response, target.definition, page);
  }

  @Post()
  async create(@Target() target: ResourceTarget, @Req() request: Request, @Res() response: Response): Promise<void> {
    allow(target, 'create');
    if (target.definition.namespaced && !target.namespace) throw noSuchPath();
    const created = await this.resources.create(target, request.body, userWrite(request, response));
    respondObject(request, response, target.definition, created, 201);
  }

  @Delete()
  async removeAll(@Target() target: ResourceTarget, @Req() request: Request, @Res() response: Response): Promise<void> {
    allow(target, 'deletecollection');
    const { definition, namespace } = target;
    if (definition.namespaced && !namespace) throw methodNotAllowed(definition, 'deletecollection over all namespaces');
    const options = readDeleteOptions(request);
    const page = await this.store.resources.list(readSelection(request, target));
    await this.resources.removeAll(target, page.items, ADMIN, options);
    respondList(request, response, target.definition, page);
  }

  /** PUT and PATCH of a collection and the like. */
  @All()
  refuseOnCollection(@Target() target: ResourceTarget, @Req() request: Request): void {
    throw methodNotAllowed(target.definition, `${request.method} of a collection`);
  }

  @Get(':name')
  async get(@Target() target: ResourceTarget, @Req() request: Request, @Res() response: Response): Promise<void> {
    if (flag(request, 'watch')) return this.watch(target, request, response);
    allow(target, 'get');
    respondObject(request, response, target.definition, await this.resources.get(target));
  }

  @Put(':name')
  async replace(@Target() target: ResourceTarget, @Req() request: Request, @Res() response: Response): Promise<void> {
    allow(target, 'update');
    const change = (current: KubeObject) => {
      refuseBlind(target, request.body);
      return keepFinalizers(target.definition, request.body, current);
    };
    const updated = await this.resources.update(target, change, userWrite(request, response));
    respondObject(request, response, target.definition, updated);
  }

  @Patch(':name')
  async patch(@Target() target: ResourceTarget, @Req() request: Request, @Res() response: Response): Promise<void> {
    allow(target, 'patch');
    const change = readPatch(target.definition, mediaTypeOf(request), request.body);
    const updated = await this.resources.update(target, change, userWrite(request, response));
    respondObject(request, response, target.definition, updated);
  }

  @Delete(':name')
  async remove(@Target() target: ResourceTarget, @Req() request: Request, @Res() response: Response): Promise<void> {
    allow(target, 'delete');
    const { definition, name } = target;
    const removed = await this.resources.remove(target, ADMIN, readDeleteOptions(request));
    if (removed.metadata.finalizers?.length) return respondObject(request, response, definition, removed);
    respond(
      request,
      response,
      success({ name, group: definition.group, kind: definition.plural, uid: removed.metadata.uid }),
    );
  }

  @All(':name')
  refuseOnObject(@Target() target: ResourceTarget, @Req() request: Request): void {
    throw methodNotAllowed(target.definition, `${request.method} of an object`);
  }

  @Get(':name/status')
  async getStatus(@Target() target: ResourceTarget, @Req() request: Request, @Res() response: Response): Promise<void> {
    allowStatus(target, 'get');
    respondObject(request, response, target.definition, await this.resources.get(target));
  }

  @Put(':name/status')
  async replaceStatus(
    @Target() target: ResourceTarget,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    allowStatus(target, 'update');
    const change = () => {
      refuseBlind(target, request.body);
      return request.body;
    };
    const updated = await this.resources.updateStatus(target, change, userWrite(request, response));
    respondObject(request, response, target.definition, updated);
  }

  @Patch(':name/status')
  async patchStatus(
    @Target() target: ResourceTarget,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    allowStatus(target, 'patch');
    const change = readPatch(target.definition, mediaTypeOf(request), request.body);
    const updated = await this.resources.updateStatus(target, change, userWrite(request, response));
    respondObject(request, response, target.definition, updated);
  }

  private async watch(target: ResourceTarget, request: Request, response: Response): Promise<void> {
    allow(target, 'watch');
    const query = readWatchQuery(request, target);
    const { notOlderThan: revision } = query;
    if (revision) refuseOtherRevision({ revision, exact: false }, await this.store.resources.currentRevision());
    return this.watches.stream(target.definition, query, negotiate(request), response);
  }
}

function allow({ definition }: ResourceTarget, verb: string): void {
  if (!definition.verbs.includes(verb)) throw methodNotAllowed(definition, verb);
}

function allowStatus(target: ResourceTarget, verb: string): void {
  if (!target.definition.hasStatus) throw noSuchPath();
  allow(target, verb);
}

/** Selectors are known to be right: what the store calls wrong is the continue token. */
function refuseToken(error: unknown): never {
  throw error instanceof StoreError && error.reason === 'Invalid' ? badRequest(error.message) : error;
}

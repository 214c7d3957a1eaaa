import { All, Controller, Delete, Get, Inject, Patch, Post, Put, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { type ListPage, type ListQuery, type MigrationStore, StoreError } from '../../migrations-db/migration-store.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { badRequest, methodNotAllowed, noSuchPath } from '../http/api-error.js';
import { actorOf } from '../http/authenticate.js';
import { mediaTypeOf } from '../http/decode-body.js';
import { refuseForce } from '../http/field-manager.js';
import { readListQuery, readSelection } from '../http/list-query.js';
import { flag } from '../http/query.js';
import { type ResourceTarget, Target } from '../http/resource-target.js';
import { readRevisionWish, refuseOtherRevision } from '../http/revision-wish.js';
import { success } from '../http/status.js';
import { STORE } from '../http/tokens.js';
import { readPatch } from '../patch/apply-patch.js';
import { negotiate } from '../present/negotiate.js';
import { ReadableSecrets } from '../present/readable-secrets.js';
import { respond, respondList, respondObject } from '../present/respond.js';
import { readWatchQuery } from '../watch/watch-query.js';
import { WatchService } from '../watch/watch-service.js';
import { ApplyService } from './apply-service.js';
import { readDeleteOptions } from './delete-options.js';
import { keepFinalizers } from './finalizers.js';
import { refuseBlind } from './identify.js';
import { ResourceService } from './resource-service.js';
import { streamList } from './stream-list.js';
import { applyWrite, userWrite } from './user-write.js';

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
    @Inject(ApplyService) private readonly applies: ApplyService,
    @Inject(WatchService) private readonly watches: WatchService,
    @Inject(ReadableSecrets) private readonly secrets: ReadableSecrets,
  ) {}

  @Get()
  async list(@Target() target: ResourceTarget, @Req() request: Request, @Res() response: Response): Promise<void> {
    if (flag(request, 'watch')) return this.watch(target, request, response);
    allow(target, 'list');
    const query = readListQuery(request, target);
    const wish = readRevisionWish(request);
    const show = (items: KubeObject[]) => this.secrets.show(items);
    const list = async (page: ListQuery): Promise<ListPage> => {
      const found = await this.store.resources.list(page).catch(refuseToken);
      // Later pages continue the first, whose revision was right.
      if (wish && page.continueToken === query.continueToken) refuseOtherRevision(wish, found.resourceVersion);
      return found;
    };
    await streamList(request, response, target.definition, query, { resources: { list }, show });
  }

  @Post()
  async create(@Target() target: ResourceTarget, @Req() request: Request, @Res() response: Response): Promise<void> {
    allow(target, 'create');
    if (target.definition.namespaced && !target.namespace) throw noSuchPath();
    const created = await this.resources.create(target, request.body, userWrite(request, response));
    await this.answer(target, created, request, response, 201);
  }

  @Delete()
  async removeAll(@Target() target: ResourceTarget, @Req() request: Request, @Res() response: Response): Promise<void> {
    allow(target, 'deletecollection');
    const { definition, namespace } = target;
    if (definition.namespaced && !namespace) throw methodNotAllowed(definition, 'deletecollection over all namespaces');
    const options = readDeleteOptions(request);
    const page = await this.store.resources.list(readSelection(request, target));
    const isWanted = () => !response.destroyed;
    await this.resources.removeAll(target, page.items, actorOf(request), options, isWanted);
    if (!isWanted()) return;
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
    await this.answer(target, await this.resources.get(target), request, response);
  }

  @Put(':name')
  async replace(@Target() target: ResourceTarget, @Req() request: Request, @Res() response: Response): Promise<void> {
    allow(target, 'update');
    const change = (current: KubeObject) => {
      refuseBlind(target, request.body);
      return keepFinalizers(target.definition, request.body, current);
    };
    const updated = await this.resources.update(target, change, userWrite(request, response));
    await this.answer(target, updated, request, response);
  }

  @Patch(':name')
  async patch(@Target() target: ResourceTarget, @Req() request: Request, @Res() response: Response): Promise<void> {
    allow(target, 'patch');
    if (isApply(request)) return this.apply(target, request, response);
    refuseForce(request);
    const change = readPatch(target.definition, mediaTypeOf(request), request.body);
    const updated = await this.resources.update(target, change, userWrite(request, response));
    await this.answer(target, updated, request, response);
  }

  @Delete(':name')
  async remove(@Target() target: ResourceTarget, @Req() request: Request, @Res() response: Response): Promise<void> {
    allow(target, 'delete');
    const { definition, name } = target;
    const removed = await this.resources.remove(target, actorOf(request), readDeleteOptions(request));
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
    if (isApply(request)) {
      const applied = await this.applies.applyStatus(target, request.body, applyWrite(request, response));
      return respondObject(request, response, target.definition, applied);
    }
    refuseForce(request);
    const change = readPatch(target.definition, mediaTypeOf(request), request.body);
    const updated = await this.resources.updateStatus(target, change, userWrite(request, response));
    respondObject(request, response, target.definition, updated);
  }

  private async apply(target: ResourceTarget, request: Request, response: Response): Promise<void> {
    const { object, created } = await this.applies.apply(target, request.body, applyWrite(request, response));
    await this.answer(target, object, request, response, created ? 201 : 200);
  }

  private async answer(
    { definition }: ResourceTarget,
    object: KubeObject,
    request: Request,
    response: Response,
    code?: number,
  ): Promise<void> {
    const [shown = object] = await this.secrets.show([object]);
    respondObject(request, response, definition, shown, code);
  }

  private async watch(target: ResourceTarget, request: Request, response: Response): Promise<void> {
    allow(target, 'watch');
    const query = readWatchQuery(request, target);
    const { notOlderThan: revision } = query;
    if (revision) refuseOtherRevision({ revision, exact: false }, await this.store.resources.currentRevision());
    return this.watches.stream(target.definition, query, negotiate(request), response, actorOf(request));
  }
}

function allow({ definition }: ResourceTarget, verb: string): void {
  if (!definition.verbs.includes(verb)) throw methodNotAllowed(definition, verb);
}

function allowStatus(target: ResourceTarget, verb: string): void {
  if (!target.definition.hasStatus) throw noSuchPath();
  allow(target, verb);
}

const isApply = (request: Request): boolean => mediaTypeOf(request) === 'application/apply-patch+yaml';

/** Selectors are known to be right: what the store calls wrong is the continue token. */
function refuseToken(error: unknown): never {
  throw error instanceof StoreError && error.reason === 'Invalid' ? badRequest(error.message) : error;
}

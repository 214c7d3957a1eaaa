import { Inject, Injectable } from '@nestjs/common';
import type { MigrationStore } from '../../migrations-db/migration-store.js';
import { isReadable } from '../../resources/kinds/core/secret.js';
import { REGISTERED, refersTo } from '../../resources/kinds/registrations.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { STORE } from '../http/tokens.js';

/**
 * Puts the values back into Secrets that are a tool's own records, such as Helm's releases. Credentials stay what they are, write-only: of
 * whatever type, a Secret that one of our objects names is one.
 */
@Injectable()
export class ReadableSecrets {
  constructor(@Inject(STORE) private readonly store: MigrationStore) {}

  async show(objects: readonly KubeObject[]): Promise<KubeObject[]> {
    if (!objects.some(isReadable)) return [...objects];
    const referrers = await this.referrers();
    const shown: KubeObject[] = [];
    for (const object of objects) {
      const named = referrers.some((referrer) => refersTo(referrer, referenceTo(object)));
      shown.push(isReadable(object) && !named ? await this.withValues(object) : object);
    }
    return shown;
  }

  private async referrers(): Promise<KubeObject[]> {
    const kinds = REGISTERED.referringTo('Secret');
    const pages = await Promise.all(kinds.map((kind) => this.store.resources.list({ kind })));
    return pages.flatMap(({ items }) => items);
  }

  /** One that is gone or was changed since has no values that belong to this state of it. */
  private async withValues(secret: KubeObject): Promise<KubeObject> {
    const { namespace = '', name, resourceVersion } = secret.metadata;
    const found = await this.store.secrets.read(namespace, name);
    if (found?.revision !== resourceVersion) return secret;
    const values = Object.entries(found?.values ?? {}).map(([key, value]) => [key, value.toString('base64')]);
    return values.length > 0 ? { ...secret, data: Object.fromEntries(values) } : secret;
  }
}

const referenceTo = ({ kind, metadata }: KubeObject) => ({
  kind,
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});

/** One of Velero's messages about an object. */
export interface Told {
  /** Kind, or `plural.group`, as Velero names it at that place. */
  type: string;
  /** On the target; absent for what is cluster-scoped. */
  namespace?: string;
  name: string;
  message: string;
}

// `shop: could not restore, ConfigMap "settings" already exists. Warning: …`; the versions differ in what stands around the name.
const ALREADY_THERE = /^(?:([a-z0-9-]+): )?could not restore, ([^\s":]+)(?: "|:)([^\s"]+)"? already exists/;
// `shop: error restoring deployments.apps/shop/web: …`
const REFUSED = /^(?:[a-z0-9-]+: )?error restoring ([^/\s]+)\/(?:([^/\s]+)\/)?([^/\s]+): /;

/** Warnings about objects that were on the target before and differ. */
export const alreadyThere = (warnings: readonly string[]): Told[] =>
  warnings.flatMap((message) => {
    const [, namespace, type, name] = ALREADY_THERE.exec(message) ?? [];
    return type && name ? [{ type, namespace, name, message }] : [];
  });

/** Errors about objects that the target did not take. */
export const refusedObjects = (errors: readonly string[]): Told[] =>
  errors.flatMap((message) => {
    const [, type, namespace, name] = REFUSED.exec(message) ?? [];
    return type && name ? [{ type, namespace, name, message }] : [];
  });

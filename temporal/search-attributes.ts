import type { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from './contract/search-attributes.js';

/** Temporal's IndexedValueType by the names the SDK uses. */
const INDEXED_VALUE_TYPE = { KEYWORD: 2, BOOL: 5 } as const;
const STATUS = { ALREADY_EXISTS: 6, PERMISSION_DENIED: 7, UNIMPLEMENTED: 12 } as const;

/**
 * Registers our search attributes where they are missing: a start that uses an unknown one is rejected. Resolves with a warning where they have to
 * be added by other means, as in Temporal Cloud and on servers whose operator service is closed to us.
 */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<string | undefined> {
  const all = Object.values(SEARCH_ATTRIBUTES);
  let missing = all;
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    missing = all.filter(({ name }) => !(name in (customAttributes ?? {})));
    if (missing.length === 0) return undefined;
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(({ name, type }) => [name, INDEXED_VALUE_TYPE[type]])),
    });
    return undefined;
  } catch (cause) {
    const { code } = cause as { code?: number };
    if (code === STATUS.ALREADY_EXISTS) return undefined;
    if (code !== STATUS.PERMISSION_DENIED && code !== STATUS.UNIMPLEMENTED) throw cause;
    const words = missing.map(({ name, type }) => `--name ${name} --type ${type === 'BOOL' ? 'Bool' : 'Keyword'}`);
    return (
      `Temporal does not let us look after the search attributes of namespace "${namespace}". Where they are missing no migration can be started: ` +
      `add them by hand (in Temporal Cloud: the settings of the namespace), with: temporal operator search-attribute create --namespace ${namespace} ${words.join(' ')}`
    );
  }
}

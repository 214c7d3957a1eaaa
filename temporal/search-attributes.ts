import type { Connection } from '@temporalio/client';
import { StartError } from '../config/problems.js';
import { SEARCH_ATTRIBUTES } from './contract/search-attributes.js';

/** Temporal's IndexedValueType by the names the SDK uses. */
const INDEXED_VALUE_TYPE = { KEYWORD: 2, BOOL: 5 } as const;
const STATUS = { ALREADY_EXISTS: 6, PERMISSION_DENIED: 7, UNIMPLEMENTED: 12 } as const;

/**
 * Registers our search attributes where they are missing: a start that uses an unknown one is rejected.
 *
 * @throws StartError where they have to be added by other means, as in Temporal Cloud
 */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(SEARCH_ATTRIBUTES).filter(({ name }) => !(name in (customAttributes ?? {})));
  if (missing.length === 0) return;
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(({ name, type }) => [name, INDEXED_VALUE_TYPE[type]])),
    });
  } catch (cause) {
    const { code } = cause as { code?: number };
    if (code === STATUS.ALREADY_EXISTS) return;
    if (code !== STATUS.PERMISSION_DENIED && code !== STATUS.UNIMPLEMENTED) throw cause;
    const wanted = missing.map(({ name, type }) => `${name} (${type === 'BOOL' ? 'Bool' : 'Keyword'})`);
    throw new StartError(
      [
        {
          variable: 'TEMPORAL_NAMESPACE',
          what: `namespace "${namespace}" lacks the search attributes ${wanted.join(', ')}, and we may not add them.`,
          remedy: 'Add them by hand (in Temporal Cloud: the settings of the namespace).',
        },
      ],
      { cause },
    );
  }
}

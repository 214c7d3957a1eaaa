import type { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from './contract/search-attributes.js';

/** Temporal's IndexedValueType by the names the SDK uses. */
const INDEXED_VALUE_TYPE = { KEYWORD: 2, BOOL: 5 } as const;
const GRPC_ALREADY_EXISTS = 6;

/** Registers our search attributes where they are missing: a start that uses an unknown one is rejected. */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const searchAttributes = Object.fromEntries(
    Object.values(SEARCH_ATTRIBUTES).map(({ name, type }) => [name, INDEXED_VALUE_TYPE[type]]),
  );
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.fromEntries(
    Object.entries(searchAttributes).filter(([name]) => !(name in (customAttributes ?? {}))),
  );
  if (Object.keys(missing).length === 0) return;
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: missing });
  } catch (error) {
    if ((error as { code?: number }).code !== GRPC_ALREADY_EXISTS) throw error;
  }
}

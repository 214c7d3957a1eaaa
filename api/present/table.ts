import type { KindDefinition, PrintedColumn } from '../../resources/meta/kind-definition.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { humanDuration } from './human-duration.js';
import { partialMetadata } from './partial.js';

/** How much of each object a table row carries beside its cells. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

export interface ListMeta {
  resourceVersion?: string;
  continue?: string;
  remainingItemCount?: number;
}

const NAME: PrintedColumn = {
  name: 'Name',
  type: 'string',
  priority: 0,
  description: 'Name of the object, unique in its namespace.',
  value: (object) => object.metadata.name,
};

const columnsOf = ({ columns }: KindDefinition): readonly PrintedColumn[] =>
  columns.some(({ name }) => name === NAME.name) ? columns : [NAME, ...columns];

/** Objects as a `meta.k8s.io/v1` Table, which kubectl prints as it is. */
export const toTable = (
  definition: KindDefinition,
  objects: readonly KubeObject[],
  metadata: ListMeta,
  include: IncludeObject,
) => ({
  kind: 'Table',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
  columnDefinitions: columnsOf(definition).map(({ name, type, description, priority }) => ({
    name,
    type: type === 'date' ? 'string' : type,
    format: name === NAME.name ? 'name' : '',
    description,
    priority,
  })),
  rows: objects.map((object) => ({
    cells: columnsOf(definition).map((column) => cell(column, object)),
    ...(include !== 'None' && { object: include === 'Object' ? object : partialMetadata(object) }),
  })),
});

function cell(column: PrintedColumn, object: KubeObject): string | number | boolean {
  const value = column.value(object);
  if (value === undefined || value === null) return '';
  return column.type === 'date' ? humanDuration(Date.now() - Date.parse(String(value))) : value;
}

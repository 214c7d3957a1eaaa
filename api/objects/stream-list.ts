import type { Request, Response } from 'express';
import pLimit from 'p-limit';
import { stringify } from 'yaml';
import type { ListPage, ListQuery, ResourceRepository } from '../../migrations-db/migration-store.js';
import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { listPages } from '../present/list-pages.js';
import { negotiate, type Presentation } from '../present/negotiate.js';
import { listBody, respondList } from '../present/respond.js';
import { writeText } from '../present/write-text.js';

/** What the fields of an answer are written with, and its list is written in pieces. */
interface Writer {
  open: (fields: Record<string, unknown>, list: string) => string;
  element: (value: unknown, first: boolean) => string;
  close: (fields: Record<string, unknown>) => string;
}

const WRITERS: Record<Presentation['format'], Writer & { type: string }> = {
  json: {
    type: 'application/json',
    open: (fields, list) => `${JSON.stringify(fields).slice(0, -1)},${JSON.stringify(list)}:[`,
    element: (value, first) => `${first ? '' : ','}${JSON.stringify(value)}`,
    close: (fields) => `],${JSON.stringify(fields).slice(1)}`,
  },
  yaml: {
    type: 'application/yaml',
    open: (fields, list) => `${stringify(fields)}${list}:\n`,
    element: (value) => stringify([value], { aliasDuplicateObjects: false }),
    close: (fields) => stringify(fields),
  },
};

interface ListSource {
  resources: Pick<ResourceRepository, 'list'>;
  /** What of the objects of a page is shown. */
  show: (items: KubeObject[]) => Promise<KubeObject[]>;
}

/** However many lists are asked for at once, so many pages of them are being read: all together they take no longer, and less memory. */
const reading = pLimit(2);

/**
 * Answers with a list, page by page as it is read, in the form the client asked for. What goes wrong before the first page is a Status;
 * afterwards the connection is cut, so that no client takes a part for the whole.
 */
export async function streamList(
  request: Request,
  response: Response,
  definition: KindDefinition,
  query: ListQuery,
  { resources, show }: ListSource,
): Promise<void> {
  const { format } = negotiate(request);
  let characters = 0;
  const list = async (page: ListQuery): Promise<ListPage> => {
    return reading(async () => {
      const found = await resources.list(page);
      return { ...found, items: await show(found.items) };
    });
  };
  const pages = listPages({ list }, query, () => characters);
  const { value: first } = await pages.next();
  if (!first) return;
  if (isWhole(first, query)) return respondList(request, response, definition, first);

  const writer = WRITERS[format];
  response.status(200).type(writer.type);
  let last = first;
  for (let page: ListPage | undefined = first; page; page = (await pages.next()).value) {
    const { list, elements, ...fields } = partsOf(listBody(request, definition, page));
    const opening = page === first ? writer.open(fields.head, list) : '';
    const text = elements.map((element, index) => writer.element(element, page === first && index === 0)).join('');
    characters = text.length;
    last = page;
    await writeText(response, opening + text);
    if (response.destroyed) return;
  }
  response.end(writer.close({ metadata: partsOf(listBody(request, definition, { ...last, items: [] })).metadata }));
}

/** Whether no further page is to be read. */
const isWhole = ({ items, continueToken }: ListPage, { limit }: ListQuery): boolean =>
  continueToken === undefined || items.length === limit;

/** A list's one array, its metadata, which is known only with the last page, and the rest. */
function partsOf(body: Record<string, unknown>) {
  const { metadata, ...others } = body;
  const entries = Object.entries(others);
  const [list = 'items', elements] = entries.find(([name]) => name === 'items' || name === 'rows') ?? [];
  const head = Object.fromEntries(entries.filter(([name]) => name !== list));
  return { metadata, head, list, elements: elements as unknown[] };
}

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { temporal } from '@temporalio/proto';
import pg from 'pg';
import type { System } from './system.js';

type Kind = 'table' | 'file' | 'history' | 'reply';

interface Place {
  kind: Kind;
  name: string;
  content: Buffer;
}

type Found = Record<Kind, string[]>;

/**
 * Looks for texts in every place of the system that may show one: the tables of Postgres, the logs and Temporal's own database, the
 * histories of all workflows with their payloads as they are, what the API answers.
 *
 * @returns for each text the names of the places where it stands, in clear, in base64 or in hexadecimal, by kind of place
 */
export async function searchEverywhere<Name extends string>(
  system: System,
  texts: Record<Name, string>,
): Promise<Record<Name, Found>> {
  const wanted = Object.entries<string>(texts).map(([name, text]) => ({
    name,
    forms: [text, Buffer.from(text).toString('base64').replace(/=+$/, ''), Buffer.from(text).toString('hex')],
    found: { table: [], file: [], history: [], reply: [] } as Found,
  }));
  for await (const place of places(system)) {
    for (const { forms, found } of wanted) {
      if (forms.some((form) => place.content.includes(form))) found[place.kind].push(place.name);
    }
  }
  return Object.fromEntries(wanted.map(({ name, found }) => [name, found])) as Record<Name, Found>;
}

async function* places(system: System): AsyncGenerator<Place> {
  yield* tables(system);
  yield* files(system.home);
  yield* histories(system);
  yield* replies(system);
}

async function* tables(system: System): AsyncGenerator<Place> {
  const client = new pg.Client({ connectionString: system.databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      "SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')",
    );
    for (const { name } of rows) {
      const table = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      yield { kind: 'table', name, content: Buffer.from(table.rows.map(({ row }) => row).join('\n')) };
    }
  } finally {
    await client.end();
  }
}

async function* files(home: string): AsyncGenerator<Place> {
  for (const name of await readdir(home, { recursive: true })) {
    if (/(\.log|temporal\.db(-wal)?)$/.test(name)) {
      yield { kind: 'file', name, content: await readFile(path.join(home, name)) };
    }
  }
}

async function* histories({ temporalClient }: System): AsyncGenerator<Place> {
  for await (const { workflowId, runId } of temporalClient.workflow.list()) {
    const history = await temporalClient.workflow.getHandle(workflowId, runId).fetchHistory();
    const content = Buffer.from(temporal.api.history.v1.History.encode(history).finish());
    yield { kind: 'history', name: `${workflowId} ${runId}`, content };
  }
}

async function* replies({ mtc }: System): AsyncGenerator<Place> {
  const ask = async (name: string, args: string[]): Promise<Place> => ({
    kind: 'reply',
    name,
    content: Buffer.from(await mtc.run(args)),
  });
  for (const kind of (await mtc.run(['api-resources', '--verbs=list', '-o', 'name'])).split('\n')) {
    yield ask(`get ${kind}`, ['get', kind, '-A', '-o', 'json']);
  }
  const migrations = await mtc.get<{ items: { metadata: { namespace: string; name: string } }[] }>(
    'migmigrations',
    '-A',
  );
  for (const { metadata } of migrations.items) {
    const own = `/apis/migration.openshift.io/v1alpha1/namespaces/${metadata.namespace}/migmigrations/${metadata.name}`;
    for (const part of ['log', 'report', 'tree'])
      yield ask(`${metadata.name}/${part}`, ['get', '--raw', `${own}/${part}`]);
  }
}

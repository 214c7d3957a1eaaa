import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalPostgres, startPostgres } from './postgres.js';

let root: string;
let folder: string;
let server: LocalPostgres;

// mkdtemp makes the parent 0700, so that as root this also tries the move to a folder which the server's user can reach.
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'mtc-postgres-'));
  folder = path.join(root, 'postgres');
  server = await startPostgres({ folder });
});

afterAll(async () => {
  const { data } = await ask(server.url, "SELECT current_setting('data_directory') AS data");
  await server.stop();
  await rm(path.dirname(data ?? root), { recursive: true, force: true });
  await rm(root, { recursive: true, force: true });
});

async function ask(url: string, sql: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows[0] ?? {};
  } finally {
    await client.end();
  }
}

describe('startPostgres', () => {
  it('serves a database of our own, on loopback only', async () => {
    expect(await ask(server.url, "SELECT current_database() AS db, current_setting('listen_addresses') AS on")).toEqual(
      {
        db: 'mtc',
        on: '127.0.0.1',
      },
    );
  });

  it('adopts a server that is already running', async () => {
    const started = 'SELECT pg_postmaster_start_time()::text AS at';
    const before = await ask(server.url, started);
    const adopted = await startPostgres({ folder });
    expect(adopted.url).toBe(server.url);
    expect(await ask(adopted.url, started)).toEqual(before);
  });

  it('keeps data and port over a stop', async () => {
    await ask(server.url, 'CREATE TABLE kept AS SELECT 7 AS seven');
    await server.stop();
    await expect(ask(server.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
    const again = await startPostgres({ folder });
    expect(again.url).toBe(server.url);
    expect(await ask(again.url, 'SELECT seven::text FROM kept')).toEqual({ seven: '7' });
  });

  it('starts again after the server was killed', async () => {
    const { data } = await ask(server.url, "SELECT current_setting('data_directory') AS data");
    const pid = Number((await readFile(path.join(data ?? '', 'postmaster.pid'), 'utf8')).split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    server = await startPostgres({ folder });
    expect(await ask(server.url, 'SELECT seven::text FROM kept')).toEqual({ seven: '7' });
  });

  it("starts although a dead server's pid now belongs to another program", async () => {
    const { data } = await ask(server.url, "SELECT current_setting('data_directory') AS data");
    const pidFile = path.join(data ?? '', 'postmaster.pid');
    const lines = (await readFile(pidFile, 'utf8')).split('\n');
    await server.stop();
    const other = spawn('sleep', ['60']);
    await writeFile(pidFile, [other.pid, ...lines.slice(1)].join('\n'));
    try {
      server = await startPostgres({ folder });
      expect(await ask(server.url, 'SELECT 1::text AS one')).toEqual({ one: '1' });
    } finally {
      other.kill();
      await once(other, 'exit');
    }
  });
});

import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { FakeApiServer } from '../fakes/fake-api-server.js';
import { execCommand } from './exec-command.js';

const pod = { namespace: 'shop', name: 'web-0', container: 'main' };
const frame = (channel: number, content: string | Buffer) =>
  Buffer.concat([Buffer.from([channel]), Buffer.from(content)]);
const failure = (causes: object[]) =>
  JSON.stringify({ status: 'Failure', reason: 'NonZeroExitCode', details: { causes } });

describe('exec', () => {
  let api: FakeApiServer;
  let sockets: WebSocketServer;
  let request: { url?: string; headers: Record<string, unknown> };

  const exec = (command: string[], signal?: AbortSignal) =>
    execCommand(api.access, pod, command, { signal, times: { retryPause: 1 } });

  /** What the container does when a command arrives. */
  const onCommand = (act: (socket: WebSocket) => void) => {
    sockets = new WebSocketServer({ server: api.server, handleProtocols: (offered) => [...offered][0] ?? false });
    sockets.on('connection', (socket, incoming) => {
      request = incoming;
      act(socket);
    });
  };

  beforeEach(async () => {
    api = await FakeApiServer.start();
  });
  afterEach(async () => {
    sockets?.close();
    await api[Symbol.asyncDispose]();
  });

  it('gathers output by channel and speaks as the cluster client', async () => {
    const umlaut = Buffer.from('ü\n');
    onCommand((socket) => {
      socket.send(frame(1, Buffer.concat([Buffer.from('f'), umlaut.subarray(0, 1)])));
      socket.send(frame(2, 'careful'));
      socket.send(frame(1, umlaut.subarray(1)));
      socket.send(frame(3, JSON.stringify({ status: 'Success' })), () => socket.close());
    });
    expect(await exec(['sh', '-c', 'echo fü'])).toEqual({ exitCode: 0, stdout: 'fü\n', stderr: 'careful' });
    const url = new URL(request.url ?? '', 'wss://fake');
    expect(url.pathname).toBe('/api/v1/namespaces/shop/pods/web-0/exec');
    expect(url.searchParams.getAll('command')).toEqual(['sh', '-c', 'echo fü']);
    expect(url.searchParams.get('container')).toBe('main');
    expect(request.headers).toMatchObject({
      authorization: 'Bearer planted-secret-token',
      'sec-websocket-protocol': 'v5.channel.k8s.io,v4.channel.k8s.io',
    });
  });

  it('gives the exit code of a command that fails', async () => {
    onCommand((socket) => {
      socket.send(frame(3, failure([{ reason: 'ExitCode', message: '3' }])), () => socket.close());
    });
    expect(await exec(['false'])).toMatchObject({ exitCode: 3 });
  });

  it('throws when the command cannot be started', async () => {
    onCommand((socket) => {
      const status = { status: 'Failure', reason: 'InternalError', message: 'exec: "nope": not found in $PATH' };
      socket.send(frame(3, JSON.stringify(status)), () => socket.close());
    });
    await expect(exec(['nope'])).rejects.toThrow(
      'exec nope in Pod shop/web-0 on cluster "source" failed: exec: "nope": not found in $PATH (500 InternalError).',
    );
  });

  it('throws when the connection ends before the command', async () => {
    onCommand((socket) => socket.terminate());
    await expect(exec(['sleep', '1'])).rejects.toMatchObject({ code: 0, retryable: true });
  });

  it('tells why the API server refused', async () => {
    api.server.on('upgrade', (_request, socket) => {
      const body = JSON.stringify({ kind: 'Status', code: 404, reason: 'NotFound', message: 'pods "web-0" not found' });
      socket.end(`HTTP/1.1 404 Not Found\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`);
    });
    await expect(exec(['ls'])).rejects.toMatchObject({ code: 404, reason: 'NotFound' });
  });

  it('rejects with the reason of its signal and hangs up', async () => {
    const arrived = new Promise<WebSocket>((resolve) => onCommand(resolve));
    const abort = new AbortController();
    const reason = new Error('canceled');
    const command = exec(['sleep', '100'], abort.signal);
    command.catch(() => undefined);
    const closed = once(await arrived, 'close');
    abort.abort(reason);
    await expect(command).rejects.toBe(reason);
    await closed;
  });
});

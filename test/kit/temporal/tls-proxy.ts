import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import type { ServerCertificate } from '../cluster/certificates.js';

export interface TlsProxy {
  /** host:port */
  address: string;
  close(): Promise<void>;
}

/** TLS with verified client certificates before a server that has none, as the dev server: what is inside passes as it is. */
export async function startTlsProxy(
  target: string,
  { cert, key }: ServerCertificate,
  clientAuthority: string,
): Promise<TlsProxy> {
  const { hostname, port } = new URL(`tcp://${target}`);
  const sockets = new Set<net.Socket>();
  const options = { cert, key, ca: clientAuthority, requestCert: true, ALPNProtocols: ['h2'] };
  const server = tls.createServer(options, (client) => {
    const plain = net.connect(Number(port), hostname);
    for (const socket of [client, plain]) {
      sockets.add(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          client.destroy();
          plain.destroy();
        });
    }
    client.pipe(plain).pipe(client);
  });
  // A handshake that fails is the client's to tell.
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `localhost:${(server.address() as net.AddressInfo).port}`,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

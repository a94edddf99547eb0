import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { TesseraError } from '@tessera/core';
import { formatAddress, parseAddress } from '../settings/address.js';
import { isFor, peerName } from '../tls/peer-names.js';
import type { Peers } from '../tls/peers.js';

export interface MetricsListener {
  /** `host:port` with the port it really has. */
  readonly address: string;
  close(): void;
}

export interface ScrapeSetup {
  /** `host:port`; port 0 takes a free one. */
  readonly listen: string;
  /** With them only who shows the certificate of a monitor is answered; without, plain text. */
  readonly peers?: Peers | undefined;
}

/**
 * Answers `GET /metrics`, and nothing else.
 *
 * @throws TesseraError `unavailable` that names the address, when it cannot be listened on.
 */
export async function listenForScrapes(
  { listen, peers }: ScrapeSetup,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<MetricsListener> {
  const { host, port } = parseAddress(listen);
  const handler: RequestListener = (request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/metrics' && (request.method === 'GET' || request.method === 'HEAD')) answer(request, response);
    else response.writeHead(404).end();
  };
  const { server, release } = peers === undefined ? plainServer(handler) : serverForMonitors(peers, handler);
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (thrown) {
    release();
    const why = (thrown as Error).message;
    const text = `cannot listen on ${listen} for metrics (--metrics-listen): ${why}`;
    throw new TesseraError('unavailable', text, { field: '--metrics-listen', cause: thrown });
  }
  server.unref();
  return {
    address: formatAddress({ host, port: (server.address() as AddressInfo).port }),
    close() {
      release();
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Listening {
  readonly server: Server;
  readonly release: () => void;
}

function plainServer(handler: RequestListener): Listening {
  return { server: createServer(handler), release: () => {} };
}

function serverForMonitors({ certificates, domain }: Peers, handler: RequestListener): Listening {
  const monitor = peerName('monitor', domain);
  const context = () => {
    const { certificate, key, ca } = certificates.current;
    return { cert: certificate, key, ca };
  };
  const server = createTlsServer({ ...context(), requestCert: true, rejectUnauthorized: true }, (request, response) => {
    const shown = (request.socket as TLSSocket).getPeerX509Certificate();
    if (shown !== undefined && isFor(shown.raw, monitor)) handler(request, response);
    else response.writeHead(403, { connection: 'close' }).end();
  });
  const release = certificates.onChange(() => server.setSecureContext(context()));
  return { server, release };
}

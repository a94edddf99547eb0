import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TesseraError } from '@tessera/core';
import { formatAddress, parseAddress } from '../settings/address.js';

export interface MetricsListener {
  /** `host:port` with the port it really has. */
  readonly address: string;
  close(): void;
}

/**
 * Answers `GET /metrics`, and nothing else.
 *
 * @throws TesseraError `unavailable` that names the address, when it cannot be listened on.
 */
export async function listenForScrapes(
  listen: string,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<MetricsListener> {
  const { host, port } = parseAddress(listen);
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/metrics' && (request.method === 'GET' || request.method === 'HEAD')) answer(request, response);
    else response.writeHead(404).end();
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (thrown) {
    const why = (thrown as Error).message;
    throw new TesseraError('unavailable', `cannot listen on ${listen}: ${why}`, { cause: thrown });
  }
  server.unref();
  return {
    address: formatAddress({ host, port: (server.address() as AddressInfo).port }),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

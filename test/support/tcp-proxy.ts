import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, Socket } from 'node:net';

/** Which bytes a partition keeps from arriving, as a client behind the proxy sees it. */
export type Partition = 'none' | 'both' | 'to-server' | 'to-client';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/**
 * A network between clients and one server on loopback that can be parted:
 * bytes wait, as lost packets would be sent again, connections look alive, and
 * new ones are not answered.
 */
export class TcpProxy implements AsyncDisposable {
  readonly #targetPort: number;
  readonly #listener: Server;
  readonly #pairs = new Set<Pair>();
  #partition: Partition = 'none';
  #cutAt: string | undefined;

  private constructor(targetPort: number, listener: Server) {
    this.#targetPort = targetPort;
    this.#listener = listener;
    listener.on('connection', (client) => this.#join(client));
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    const listener = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new TcpProxy(targetPort, listener);
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  /** Open ones. */
  get connections(): number {
    return this.#pairs.size;
  }

  part(partition: Partition): void {
    this.#partition = partition;
    for (const pair of this.#pairs) this.#apply(pair);
  }

  /** Ends the next connection on which a client says this, before the server hears it. */
  cutAt(said: string): void {
    this.#cutAt = said;
  }

  /** Ends every connection at once, as a reset. */
  cut(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.destroy();
    }
    this.#pairs.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.cut();
    if (this.#listener.listening) await once(this.#listener, 'close');
  }

  #join(client: Socket): void {
    const server = new Socket();
    const pair = { client, server };
    this.#pairs.add(pair);
    const part = () => {
      this.#pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('error', part);
      from.on('close', part);
      from.on('data', (bytes) => {
        if (from === client && this.#cutAt !== undefined && bytes.includes(this.#cutAt)) {
          this.#cutAt = undefined;
          part();
        } else to.write(bytes);
      });
    }
    server.connect(this.#targetPort, '127.0.0.1');
    this.#apply(pair);
  }

  #apply({ client, server }: Pair): void {
    const [fromClient, fromServer] = flowsIn(this.#partition);
    if (fromClient) client.resume();
    else client.pause();
    if (fromServer) server.resume();
    else server.pause();
  }
}

/** Whether bytes of the client, and of the server, arrive. */
function flowsIn(partition: Partition): readonly [boolean, boolean] {
  return [partition !== 'both' && partition !== 'to-server', partition !== 'both' && partition !== 'to-client'];
}

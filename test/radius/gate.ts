import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server that can be shut (connections are refused) or stopped (connections hang). */
export class Gate {
  private state: 'open' | 'shut' | 'stopped' = 'open';
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private readonly server = createServer((inside) => this.join(inside));

  private constructor(
    private readonly host: string,
    private readonly target: number,
  ) {}

  static async to(host: string, port: number): Promise<Gate> {
    const gate = new Gate(host, port);
    gate.server.listen(0, '127.0.0.1');
    await once(gate.server, 'listening');
    return gate;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  shut(): void {
    this.state = 'shut';
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
    this.pairs.clear();
  }

  stop(): void {
    this.state = 'stopped';
    for (const [one, other] of this.pairs) {
      one.unpipe(other).pause();
      other.unpipe(one).pause();
    }
  }

  /** What hung is lost; new connections work. */
  open(): void {
    this.shut();
    this.state = 'open';
  }

  close(): void {
    this.shut();
    this.server.close();
  }

  private join(inside: Socket): void {
    inside.on('error', () => undefined);
    if (this.state === 'shut') return void inside.destroy();
    const outside = connect(this.target, this.host);
    outside.on('error', () => inside.destroy());
    const pair = [inside, outside] as const;
    this.pairs.add(pair);
    for (const [one, other] of [pair, [outside, inside] as const]) {
      one.on('close', () => {
        other.destroy();
        this.pairs.delete(pair);
      });
      if (this.state === 'open') one.pipe(other);
    }
  }
}

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

type State = 'open' | 'shut' | 'stopped';

/** One direction of a connection. What comes while it is held goes on when it is let go, also when its sender has left. */
class Lane {
  private readonly kept: Buffer[] = [];
  private over = false;

  constructor(
    private readonly to: Socket,
    private held: boolean,
  ) {}

  from(socket: Socket): this {
    socket.on('data', (chunk: Buffer) => {
      if (this.held) this.kept.push(chunk);
      else this.to.write(chunk);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.over = true;
      if (!this.held) this.to.destroySoon();
    });
    return this;
  }

  hold(): void {
    this.held = true;
  }

  go(): void {
    this.held = false;
    for (const chunk of this.kept.splice(0)) this.to.write(chunk);
    if (this.over) this.to.destroySoon();
  }
}

/**
 * A way to a server that can be shut (connections are refused) or stopped: connections are made and kept, nothing passes
 * and nobody hears that the other has left, as when a firewall swallows the packets.
 */
export class Gate {
  private state: State = 'open';
  private readonly sockets = new Set<Socket>();
  private readonly lanes = new Set<Lane>();
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
    for (const socket of this.sockets) socket.destroy();
    this.lanes.clear();
  }

  stop(): void {
    this.state = 'stopped';
    for (const lane of this.lanes) lane.hold();
  }

  /** What was stopped arrives after all, late and in order. */
  resume(): void {
    this.state = 'open';
    for (const lane of this.lanes) lane.go();
  }

  /** What was stopped is lost; new connections work. */
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
    const held = this.state === 'stopped';
    for (const lane of [new Lane(outside, held).from(inside), new Lane(inside, held).from(outside)]) {
      this.lanes.add(lane);
      inside.on('close', () => this.state !== 'stopped' && this.lanes.delete(lane));
    }
    for (const socket of [inside, outside]) {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    }
  }
}

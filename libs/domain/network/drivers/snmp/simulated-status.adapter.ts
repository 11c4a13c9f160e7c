import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import type { DeviceReading, StatusDriver, StatusTarget } from '../status-driver.port.js';
import { AGENT_FAULTS, type AgentFault, SIMULATED_OIDS, SimulatedAgent } from './simulated-agent.js';
import { SnmpStatus } from './snmp-status.adapter.js';

const COMMUNITY = 'simulated';
/** Agents of one process; the one not asked for longest goes first. */
const MAX_AGENTS = 512;

interface Running {
  readonly agent: Promise<SimulatedAgent>;
  serial: string;
  fault: AgentFault | undefined;
}

/**
 * Devices of the sandbox: each is an SNMP agent on loopback, asked by the SNMP driver like any other.
 * `settings.agent_fault` makes it misbehave: `silence`, `flapping`, `slow`, `bad_optical`, `offline`, `garbage`.
 */
@Injectable()
export class SimulatedStatus implements StatusDriver, OnApplicationShutdown {
  readonly name = 'simulated';
  private readonly agents = new Map<number, Running>();

  constructor(
    private readonly snmp: SnmpStatus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async read(target: StatusTarget, signal: AbortSignal): Promise<DeviceReading> {
    const { device } = target;
    const { port } = await this.agentOf(target);
    const settings = { ...device.settings, snmp: { version: '2c', port } };
    const simulated = { ...device, settings, address: '127.0.0.1', secrets: { snmp_community: COMMUNITY } };
    return this.snmp.read({ ...target, device: simulated, asked: simulated, oids: SIMULATED_OIDS }, signal);
  }

  async onApplicationShutdown(): Promise<void> {
    const running = [...this.agents.values()];
    this.agents.clear();
    await Promise.all(running.map(({ agent }) => agent.then((one) => one.close())));
  }

  private agentOf({ device }: StatusTarget): Promise<SimulatedAgent> {
    const fault = AGENT_FAULTS.find((name) => name === device.settings['agent_fault']);
    const known = this.agents.get(device.id);
    const serial = device.serialNumber ?? device.name;
    const running = known ?? this.start(serial, fault);
    Object.assign(running, { serial, fault });
    this.agents.delete(device.id);
    this.agents.set(device.id, running);
    const [oldest] = this.agents;
    if (this.agents.size > MAX_AGENTS && oldest) {
      this.agents.delete(oldest[0]);
      void oldest[1].agent.then((agent) => agent.close());
    }
    return running.agent;
  }

  private start(serial: string, fault: AgentFault | undefined): Running {
    const figures = () => ({
      serial: running.serial,
      fault: running.fault,
      seconds: this.clock.now().getTime() / 1000,
    });
    const running: Running = { agent: SimulatedAgent.start({ community: COMMUNITY, figures }), serial, fault };
    return running;
  }
}

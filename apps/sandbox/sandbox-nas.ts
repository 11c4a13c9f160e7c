import { randomBytes } from 'node:crypto';
import { type RadiusResponder, type SandboxNas, SimulatedNas } from '@isp/domain/network';
import type { Clock } from '@isp/kernel';

export const LOOPBACK = '127.0.0.1';
/** Everything that the simulated network does follows from it. */
export const SEED = 1;
const COA_PORT = 3799;

interface Surroundings {
  readonly responder: RadiusResponder;
  readonly clock: Clock;
  readonly tickMs: number;
}

/** On the port for orders that its device names, or on another one while a second sandbox has it. */
export async function startNas(
  { identifier, address, secret, settings }: SandboxNas,
  { responder, clock, tickMs }: Surroundings,
): Promise<SimulatedNas> {
  const { authenticationPort, accountingPort } = responder;
  const server = { host: LOOPBACK, authenticationPort, accountingPort };
  const options = { identifier, address, secret, server, clock, seed: SEED, timing: { tickMs } };
  const coaPort = Number(settings['coa_port'] ?? COA_PORT);
  return SimulatedNas.start({ ...options, coaPort }).catch((error: { code?: string }) => {
    if (error.code !== 'EADDRINUSE') throw error;
    return SimulatedNas.start({ ...options, coaPort: 0 });
  });
}

/** A password that lives as long as the process: nobody else logs in to the sandbox's own database as `isp_radius`. */
export const passingPassword = (): string => randomBytes(24).toString('base64url');

export { NAS_FAULTS, type NasFault, type NasFaultPlan } from './nas-faults.js';
export type { NasSession } from './nas-session.js';
export type { LoginOutcome, RadiusBackend, RadiusItem, ReceivedPacket } from './radius-backend.port.js';
export { RadiusResponder, type RadiusResponderOptions } from './radius-responder.js';
export { SandboxLines, type SandboxNas } from './sandbox-lines.js';
export { SessionGenerator, type SessionGeneratorOptions } from './session-generator.js';
export { SqlRadiusBackend, type SqlRadiusBackendOptions } from './sql-radius-backend.js';
export { type DialAnswer, type DialIn, SimulatedNas, type SimulatedNasOptions } from './simulated-nas.js';

export { NAS_FAULTS, type NasFault, type NasFaultPlan } from './nas-faults.js';
export type { NasSession } from './nas-session.js';
export type { AccountingRecord, LoginRecord, RadiusBackend, RadiusItem } from './radius-backend.port.js';
export { RadiusResponder, type RadiusResponderOptions } from './radius-responder.js';
export { SessionGenerator, type SessionGeneratorOptions } from './session-generator.js';
export { type DialAnswer, type DialIn, SimulatedNas, type SimulatedNasOptions } from './simulated-nas.js';

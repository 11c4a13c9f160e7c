import { defineSaga } from './saga.js';

export const JOB_KINDS = ['provision', 'deprovision', 'move', 'voice_provision', 'voice_deprovision'] as const;
export type JobKind = (typeof JOB_KINDS)[number];

const DEVICE_MS = 15_000;
const UNDO = { attempts: 6, baseMs: 1_000, capMs: 60_000 };

/** Brings an internet service to life. */
export const PROVISION = defineSaga({
  kind: 'provision',
  steps: [
    { name: 'validate', place: 'opening' },
    { name: 'reserve_address', place: 'opening', compensation: UNDO },
    { name: 'credentials', place: 'opening', compensation: UNDO },
    { name: 'router', place: 'device', timeoutMs: DEVICE_MS, compensation: UNDO },
    { name: 'read_back', place: 'device', timeoutMs: DEVICE_MS },
    { name: 'activate', place: 'closing' },
  ],
});

/** Takes a terminated service off the network. There is no way back: what fails is tried again or held. */
export const DEPROVISION = defineSaga({
  kind: 'deprovision',
  steps: [
    { name: 'validate', place: 'opening' },
    { name: 'shut', place: 'opening' },
    { name: 'sessions', place: 'device', timeoutMs: DEVICE_MS },
    { name: 'router', place: 'device', timeoutMs: DEVICE_MS },
    { name: 'read_back', place: 'device', timeoutMs: DEVICE_MS },
    { name: 'release_address', place: 'closing' },
    { name: 'close_subscriber', place: 'closing' },
  ],
});

/** Takes an active service to another router, VLAN or address. The new place works before the old one is cleared. */
export const MOVE = defineSaga({
  kind: 'move',
  steps: [
    { name: 'validate', place: 'opening' },
    { name: 'reserve_address', place: 'opening', compensation: UNDO },
    { name: 'router', place: 'device', timeoutMs: DEVICE_MS, compensation: UNDO },
    { name: 'read_back', place: 'device', timeoutMs: DEVICE_MS },
    { name: 'old_router', place: 'device', timeoutMs: DEVICE_MS, compensation: UNDO },
    { name: 'confirm', place: 'closing' },
  ],
});

/** Brings a voice service to life: its number becomes an account of the softswitch. */
export const VOICE_PROVISION = defineSaga({
  kind: 'voice_provision',
  steps: [
    { name: 'validate', place: 'opening' },
    { name: 'number', place: 'opening', compensation: UNDO },
    { name: 'voice_registration', place: 'device', timeoutMs: DEVICE_MS, compensation: UNDO },
    { name: 'read_back', place: 'device', timeoutMs: DEVICE_MS },
    { name: 'activate', place: 'closing' },
  ],
});

/** Takes a voice service that is over off the softswitch. There is no way back. */
export const VOICE_DEPROVISION = defineSaga({
  kind: 'voice_deprovision',
  steps: [
    { name: 'validate', place: 'opening' },
    { name: 'voice_registration', place: 'device', timeoutMs: DEVICE_MS },
    { name: 'read_back', place: 'device', timeoutMs: DEVICE_MS },
    { name: 'close_account', place: 'closing' },
  ],
});

export const DEFINITIONS = {
  provision: PROVISION,
  deprovision: DEPROVISION,
  move: MOVE,
  voice_provision: VOICE_PROVISION,
  voice_deprovision: VOICE_DEPROVISION,
} as const;

/** Whether jobs of a kind bring a service to life; the others are for one that lives, or has. */
export const bringsToLife = (kind: JobKind): boolean => kind === 'provision' || kind === 'voice_provision';

import { Injectable } from '@nestjs/common';
import { networkErrors } from '../../network.errors.js';
import type { DeviceRef, PlannedChange, SubscriberDriver, SubscriberState } from '../device-driver.port.js';
import { plannedChanges } from '../planned-changes.js';
import {
  type LinuxSettings,
  type SeenSubscriber,
  applyScript,
  readScript,
  removeScript,
  subscribersOf,
} from './linux-script.js';
import { runOverSsh } from './ssh-command.js';

const NIC = /^[\w.-]{1,15}$/;

/**
 * A Linux router: nftables says who may go where, and htb queues of tc how fast. Programs are sent over stdin of one
 * shell. Repeating a step changes nothing, so step keys need no memory on the device.
 * `settings.linux`: `down` and `up`, the interfaces towards subscribers and network; `settings.ssh` as `runOverSsh` has it.
 */
@Injectable()
export class LinuxSshRouter implements SubscriberDriver {
  readonly name = 'linux-ssh';

  async plan(device: DeviceRef, wanted: SubscriberState, signal: AbortSignal): Promise<readonly PlannedChange[]> {
    return plannedChanges(await this.readBack(device, wanted.username, signal), wanted);
  }

  async apply(device: DeviceRef, _stepKey: string, wanted: SubscriberState, signal: AbortSignal): Promise<void> {
    const all = await this.subscribers(device, signal);
    const there = all.filter(({ username, address }) => username === wanted.username || address === wanted.address);
    await this.run(device, applyScript(settingsOf(device), wanted, there), signal);
  }

  async readBack(device: DeviceRef, username: string, signal: AbortSignal): Promise<SubscriberState | undefined> {
    const seen = (await this.subscribers(device, signal)).find((one) => one.username === username);
    if (!seen) return undefined;
    const { address, vlanId, access, profileName: name, downloadKbps, uploadKbps } = seen;
    return { username, address, vlanId, access, profile: { name, downloadKbps, uploadKbps } };
  }

  async remove(device: DeviceRef, _stepKey: string, username: string, signal: AbortSignal): Promise<void> {
    const there = (await this.subscribers(device, signal)).filter((one) => one.username === username);
    if (there.length > 0) await this.run(device, removeScript(settingsOf(device), there), signal);
  }

  private async subscribers(device: DeviceRef, signal: AbortSignal): Promise<SeenSubscriber[]> {
    return subscribersOf(await this.run(device, readScript(settingsOf(device)), signal));
  }

  private async run(device: DeviceRef, script: string, signal: AbortSignal): Promise<string> {
    const { code, output, complaint } = await runOverSsh(device, 'sh -s', script, signal);
    if (code !== 0) throw networkErrors('network.device.refused', {}, { cause: new Error(complaint.slice(0, 500)) });
    return output;
  }
}

function settingsOf(device: DeviceRef): LinuxSettings {
  const { down, up } = (device.settings['linux'] ?? {}) as Partial<LinuxSettings>;
  if (!NIC.test(down ?? '') || !NIC.test(up ?? ''))
    throw networkErrors('network.device.misconfigured', { reason: 'its interfaces are not named' });
  return { down: down as string, up: up as string };
}

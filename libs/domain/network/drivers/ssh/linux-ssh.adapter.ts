import { Injectable } from '@nestjs/common';
import { networkErrors } from '../../network.errors.js';
import type { DeviceRef, PlannedChange, SubscriberDriver, SubscriberState } from '../device-driver.port.js';
import { plannedChanges } from '../planned-changes.js';
import { type LinuxSettings, readScript, type SeenRouter, seenRouterOf } from './linux-readback.js';
import { applyScript, removeScript } from './linux-script.js';
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
    const router = await this.seen(device, signal);
    await this.run(device, applyScript(settingsOf(device), wanted, router), signal);
  }

  async readBack(device: DeviceRef, username: string, signal: AbortSignal): Promise<SubscriberState | undefined> {
    const { subscribers } = await this.seen(device, signal);
    const seen = subscribers.find((one) => one.username === username);
    if (!seen) return undefined;
    const { address, ipv6Prefix, delegatedPrefix, vlanId, access, profileName: name } = seen;
    const profile = { name, downloadKbps: seen.downloadKbps, uploadKbps: seen.uploadKbps };
    return { username, address, ipv6Prefix, delegatedPrefix, vlanId, access, profile };
  }

  async remove(device: DeviceRef, _stepKey: string, username: string, signal: AbortSignal): Promise<void> {
    const router = await this.seen(device, signal);
    const there = router.subscribers.filter((one) => one.username === username);
    if (there.length > 0) await this.run(device, removeScript(settingsOf(device), router, there), signal);
  }

  private async seen(device: DeviceRef, signal: AbortSignal): Promise<SeenRouter> {
    return seenRouterOf(await this.run(device, readScript(settingsOf(device)), signal));
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

import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  ChangeDevice,
  CreateDevice,
  CreateNode,
  DeviceModels,
  DeviceQueries,
  type DeviceView,
  NodeQueries,
  SetNas,
} from '@isp/domain/network';
import { ServiceQueries } from '@isp/domain/services';
import { UnitOfWork } from '@isp/platform/database';
import { MODELS, NASES, NODES, OLT, ONT_FAULTS, ONTS_PER_PORT, POLL_SECONDS } from './sandbox-equipment.js';
import { ALL, SEEDER } from './seeder.js';

const STATUS = { statusDriver: 'simulated', pollIntervalSeconds: POLL_SECONDS } as const;
const SECRET_BYTES = 24;

/** Nodes, the routers' part in RADIUS, an OLT and an ONT for each internet service: all of it once, or nothing. */
export async function seedEquipment(app: NestFastifyApplication): Promise<void> {
  const { total } = await app.get(NodeQueries, { strict: false }).list(SEEDER, {}, ALL);
  if (total > 0) return;
  await app.get(UnitOfWork).run(SEEDER, async () => {
    const nodeIds = await seedNodes(app);
    const { rows } = await app.get(DeviceQueries, { strict: false }).list(SEEDER, {}, ALL);
    const routers = new Map(rows.map((device) => [device.name, device]));
    await seedNases(app, routers, nodeIds);
    await seedOnts(app, await seedOlt(app, routers.get(OLT.parent)?.id ?? null, nodeIds));
  });
}

async function seedNodes(app: NestFastifyApplication): Promise<Map<string, number>> {
  const create = app.get(CreateNode, { strict: false });
  const ids = new Map<string, number>();
  for (const node of NODES) ids.set(node.code, (await create.execute({ actor: SEEDER, ...node })).id);
  return ids;
}

async function seedNases(
  app: NestFastifyApplication,
  routers: ReadonlyMap<string, DeviceView>,
  nodeIds: ReadonlyMap<string, number>,
): Promise<void> {
  for (const { router, node, nasAddress, coaPort } of NASES) {
    const known = routers.get(router);
    if (!known) continue;
    const { id, settings } = known;
    const place = { kind: 'bng', nodeId: nodeIds.get(node) ?? null } as const;
    const changes = {
      ...place,
      ...STATUS,
      sessionDriver: 'radius-coa',
      settings: { ...settings, coa_port: coaPort },
    };
    await app.get(ChangeDevice, { strict: false }).execute({ actor: SEEDER, id, changes });
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const nas = { deviceId: id, address: nasAddress, identifier: router, secret };
    await app.get(SetNas, { strict: false }).execute({ actor: SEEDER, ...nas });
  }
}

async function seedOlt(
  app: NestFastifyApplication,
  parentId: number | null,
  nodeIds: ReadonlyMap<string, number>,
): Promise<number> {
  const { id: modelId } = await app.get(DeviceModels, { strict: false }).create({ actor: SEEDER, ...MODELS.olt });
  const place = { nodeId: nodeIds.get(OLT.node) ?? null, parentId, modelId, serialNumber: 'SIMOLT000001' };
  const values = { name: OLT.name, kind: 'olt', ...place, ...STATUS } as const;
  return (await app.get(CreateDevice, { strict: false }).execute({ actor: SEEDER, values })).id;
}

async function seedOnts(app: NestFastifyApplication, oltId: number): Promise<void> {
  const { id: modelId } = await app.get(DeviceModels, { strict: false }).create({ actor: SEEDER, ...MODELS.ont });
  const filter = { serviceType: 'internet', first: 'oldest' } as const;
  const { rows } = await app.get(ServiceQueries, { strict: false }).list(SEEDER, filter, ALL);
  const create = app.get(CreateDevice, { strict: false });
  const served = rows.filter(({ status }) => status !== 'terminated').slice(0, 100);
  for (const [at, { id: serviceId }] of served.entries()) {
    const serialNumber = `SIMONT${String(at + 1).padStart(6, '0')}`;
    const port = { ponPort: `0/1/${Math.floor(at / ONTS_PER_PORT)}`, onuIndex: 1 + (at % ONTS_PER_PORT) };
    const fault = ONT_FAULTS.get(at + 1);
    const settings = fault === undefined ? {} : { agent_fault: fault };
    const values = {
      name: serialNumber,
      kind: 'ont',
      oltId,
      modelId,
      serialNumber,
      serviceId,
      settings,
      ...port,
    } as const;
    await create.execute({ actor: SEEDER, values: { ...values, ...STATUS } });
  }
}

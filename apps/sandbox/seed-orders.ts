import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Actor } from '@isp/contracts';
import { DeviceQueries } from '@isp/domain/network';
import { ProductQueries } from '@isp/domain/offers';
import { CancelOrder, PlaceOrder } from '@isp/domain/ordering';
import { PartnerQueries } from '@isp/domain/partners';
import { AreaQueries, PremiseQueries, type PremiseView } from '@isp/domain/premises';
import {
  AssignWorkOrder,
  CompleteWorkOrder,
  HoldWorkOrder,
  ScheduleWorkOrder,
  StartWorkOrder,
  WorkOrderQueries,
} from '@isp/domain/work-orders';
import { type Fate, FATES, INSTALLER, SCHEDULED_AT, buyer } from './sandbox-orders.js';
import { ALL, SEEDER } from './seeder.js';

const FIELDS = { customer: 'customer', premise: 'premise', product: 'product', promotion: 'promotion' };
const ONE = { limit: 1, offset: 0 };

/** Orders of every fate for each ISP, on premises where something is sold; none where there is no town, or they are there. */
export async function seedOrders(app: NestFastifyApplication): Promise<void> {
  const isps = await app.get(PartnerQueries, { strict: false }).list(SEEDER, { kind: 'isp' }, ALL);
  const plots = await livePlots(app);
  const oltId = await oltOf(app);
  for (const { id: partnerId } of isps.rows) {
    const actor: Actor = { ...SEEDER, reach: 'partner', partnerId };
    const there = await app.get(WorkOrderQueries, { strict: false }).list(actor, {}, ONE);
    const products = await app.get(ProductQueries, { strict: false }).orderable(actor, ONE);
    const [product] = products.rows;
    if (there.total > 0 || !product) continue;
    for (const [n, fate] of FATES.entries()) {
      const serviceId = await place(app, actor, plots, { n, productGuid: product.guid });
      if (serviceId === undefined) return;
      const serialNumber = `SIMLINE${partnerId}${String(n + 1).padStart(4, '0')}`;
      const port = { oltId, ponPort: `0/2/${partnerId}`, onuIndex: n + 1 };
      await lead(app, actor, serviceId, fate, { serialNumber, ...port });
    }
  }
}

async function livePlots(app: NestFastifyApplication): Promise<PremiseView[]> {
  const { rows } = await app.get(PremiseQueries, { strict: false }).list(SEEDER, { status: 'vacant' }, ALL);
  const areas = app.get(AreaQueries, { strict: false });
  const live: PremiseView[] = [];
  for (const premise of rows) {
    if (live.length === 4 * FATES.length) break;
    const [area] = await areas.covering(SEEDER, premise.latitude, premise.longitude);
    if (area?.connectivity === 'live') live.push(premise);
  }
  return live;
}

async function oltOf(app: NestFastifyApplication): Promise<number | undefined> {
  return (await app.get(DeviceQueries, { strict: false }).list(SEEDER, { kind: 'olt' }, ONE)).rows[0]?.id;
}

/** On the first of the plots where the product is sold; undefined when there is none left. */
async function place(
  app: NestFastifyApplication,
  actor: Actor,
  plots: PremiseView[],
  { n, productGuid }: { readonly n: number; readonly productGuid: string },
): Promise<number | undefined> {
  for (let plot = plots.shift(); plot; plot = plots.shift()) {
    const premise = { guid: plot.guid };
    const order = { actor, customer: buyer(actor.partnerId, n), premise, productGuid, fields: FIELDS };
    const placed = await app
      .get(PlaceOrder, { strict: false })
      .execute(order)
      .catch((error: { code?: string }) => {
        if (error.code !== 'ordering.order.refused') throw error;
        return undefined;
      });
    if (placed) return placed.order.serviceId;
  }
  return undefined;
}

type Ont = Parameters<CompleteWorkOrder['execute']>[0]['ont'];

async function lead(
  app: NestFastifyApplication,
  isp: Actor,
  serviceId: number,
  fate: Fate,
  ont: NonNullable<Ont>,
): Promise<void> {
  const get = <T>(type: abstract new (...args: never[]) => T): T => app.get(type as never, { strict: false });
  const [order] = (await get(WorkOrderQueries).list(SEEDER, { serviceId }, ONE)).rows;
  if (!order || fate === 'new') return;
  const about = { actor: SEEDER, workOrderId: order.id };
  if (fate === 'cancelled')
    return void (await get(CancelOrder).execute({ actor: isp, serviceId, reason: 'The customer moved away.' }));
  await get(ScheduleWorkOrder).execute({ ...about, scheduledAt: SCHEDULED_AT });
  if (fate === 'scheduled') return;
  await get(AssignWorkOrder).execute({ ...about, installer: INSTALLER });
  if (fate === 'assigned') return;
  if (fate === 'on_hold') return void (await get(HoldWorkOrder).execute({ ...about, reason: 'Nobody at home.' }));
  await get(StartWorkOrder).execute(about);
  if (fate === 'completed')
    await get(CompleteWorkOrder).execute({
      ...about,
      ...(ont.oltId === undefined ? {} : { ont }),
      comment: 'Light is good.',
    });
}

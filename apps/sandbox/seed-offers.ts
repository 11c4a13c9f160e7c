import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PlanQueries } from '@isp/domain/catalog';
import {
  AreaProductRegister,
  CreateProduct,
  CreatePromotion,
  ProductQueries,
  PromotionQueries,
} from '@isp/domain/offers';
import { PartnerQueries } from '@isp/domain/partners';
import { AreaQueries } from '@isp/domain/premises';
import { PROMOTIONS, RETAIL, RETAIL_TAX, WHOLESALE_SKUS } from './sandbox-offers.js';
import { ALL, SEEDER } from './seeder.js';

const actor = SEEDER;

/** What is sold in which area, and what each ISP makes of it. */
export async function seedOffers(app: NestFastifyApplication): Promise<void> {
  const { rows } = await app.get(PlanQueries, { strict: false }).list(actor, {}, ALL);
  const plans = new Map(rows.map(({ sku, id }) => [sku, id]));
  await seedAreaProducts(app, plans);
  const isps = await app.get(PartnerQueries, { strict: false }).list(actor, { kind: 'isp' }, ALL);
  for (const { id, name } of isps.rows) {
    await seedProducts(app, { id, name }, plans);
    await seedPromotion(app, { id, name });
  }
}

async function seedAreaProducts(app: NestFastifyApplication, plans: ReadonlyMap<string, number>): Promise<void> {
  const register = app.get(AreaProductRegister, { strict: false });
  const areas = await app.get(AreaQueries, { strict: false }).list(actor, {}, ALL);
  for (const { id: areaId } of areas.rows) {
    const { total } = await register.list(actor, areaId, {}, ALL);
    if (total > 0) continue;
    for (const sku of WHOLESALE_SKUS) await register.sell({ actor, areaId, planId: plans.get(sku) as number });
  }
}

interface Isp {
  readonly id: number;
  readonly name: string;
}

async function seedProducts(
  app: NestFastifyApplication,
  { id: partnerId, name: isp }: Isp,
  plans: ReadonlyMap<string, number>,
): Promise<void> {
  const known = await app.get(ProductQueries, { strict: false }).list(actor, partnerId, undefined, ALL);
  const names = new Set(known.rows.map(({ name }) => name));
  const create = app.get(CreateProduct, { strict: false });
  for (const { sku, monthly, onceOff, ...values } of RETAIL[isp] ?? []) {
    if (names.has(values.name)) continue;
    const price = (type: 'monthly' | 'once_off', amount: string) => ({ type, amount, taxPercent: RETAIL_TAX });
    const prices = [price('monthly', monthly), ...(onceOff ? [price('once_off', onceOff)] : [])];
    await create.execute({ actor, partnerId, plan: { id: plans.get(sku) as number }, ...values, prices });
  }
}

async function seedPromotion(app: NestFastifyApplication, { id: partnerId, name: isp }: Isp): Promise<void> {
  const promotion = PROMOTIONS[isp];
  if (!promotion) return;
  const known = await app.get(PromotionQueries, { strict: false }).byCode(actor, partnerId, promotion.code);
  if (!known) await app.get(CreatePromotion, { strict: false }).execute({ actor, partnerId, ...promotion });
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CreateCustomer } from '@isp/domain/customers';
import {
  AreaProductRegister,
  ChangeProduct,
  CreateProduct,
  CreatePromotion,
  OffersModule,
  ProductSales,
  PromotionQueries,
  QuoteProduct,
} from '@isp/domain/offers';
import { CreatePartner } from '@isp/domain/partners';
import { UnitOfWork } from '@isp/platform/database';
import { OrderInternetService } from '@isp/domain/services';
import { actor, clock, closeServices, openServices, plans, sql, unique, use } from '../support/services-world.js';

const HERE = { latitude: 10.05, longitude: 10.05 };
let isp: number;
let product: { id: number; guid: string };

beforeAll(async () => {
  await openServices(OffersModule);
  isp = (await use(CreatePartner).execute({ actor, name: 'An ISP', kind: 'isp' })).id;
  const [area] = await sql<{ id: string }>(
    `WITH made AS (INSERT INTO areas (operator_id, name, connectivity) SELECT guid, 'Town', 'live' FROM partners WHERE id = 1 RETURNING id)
     INSERT INTO area_rings (area_id, part, ring, outline)
     SELECT id, 1, 0, '((100000000,100000000),(101000000,100000000),(101000000,101000000),(100000000,101000000))' FROM made RETURNING area_id AS id`,
  );
  await use(AreaProductRegister).sell({ actor, areaId: Number(area?.id), planId: plans.home });
  const prices = [{ type: 'monthly', taxPercent: '15', amount: '477.3913' }] as const;
  product = await use(CreateProduct).execute({
    actor,
    partnerId: isp,
    plan: { id: plans.home },
    name: 'Fibre',
    prices,
  });
}, 120_000);
afterAll(closeServices);

const refusal = (code: string) => expect.objectContaining({ code }) as never;
const quote = (promoCode?: string, over: object = {}, process = 0) =>
  use(QuoteProduct, process).execute({ actor, partnerId: isp, productGuid: product.guid, ...HERE, promoCode, ...over });
const promote = async (values: object) => {
  const code = `CODE-${unique()}`;
  const terms = { actor, partnerId: isp, code, name: 'X', percent: '10', months: 3, ...values };
  await use(CreatePromotion).execute(terms);
  return code;
};
const usesOf = async (code: string) => (await use(PromotionQueries).byCode(actor, isp, code))?.uses;

async function customer(): Promise<number> {
  const n = unique();
  const values = { name: `B ${n}`, email: `buyer${n}@spec.example`, phone: `+1303555${String(n).padStart(4, '0')}` };
  return (await use(CreateCustomer).execute({ actor, partnerId: isp, ...values })).id;
}

/** An order as it is placed: service and sale in one transaction. */
async function sell(promoCode?: string, process = 0): Promise<number> {
  const customerId = await customer();
  return use(UnitOfWork, process).run(actor, async () => {
    const quoted = await quote(promoCode, {}, process);
    const { id } = await use(OrderInternetService, process).execute({ actor, customerId, planId: quoted.planId });
    await use(ProductSales, process).record(actor, quoted, { serviceId: id, customerId });
    return id;
  });
}

describe('a quote', () => {
  it('is what the product costs here and now', async () => {
    const price = { type: 'monthly', currency: 'USD', taxPercent: '15.000', amount: '477.3913' };
    expect(await quote()).toEqual({
      partnerId: isp,
      productId: product.id,
      productGuid: product.guid,
      planId: plans.home,
      planVersion: 1,
      name: 'Fibre',
      contractMonths: 1,
      prices: [price],
      promotion: null,
    });
  });

  it('is refused elsewhere, to others and for what is not on sale', async () => {
    const none = refusal('offers.product.not_sold_here');
    await expect(quote(undefined, { latitude: 11 })).rejects.toEqual(none);
    await expect(quote(undefined, { partnerId: 1 })).rejects.toEqual(none);
    await expect(quote(undefined, { productGuid: '00000000-0000-4000-8000-000000000000' })).rejects.toEqual(none);
  });

  it('knows codes in either case, and says what is wrong with one', async () => {
    const code = await promote({});
    expect((await quote(code.toLowerCase())).promotion).toMatchObject({ code, percent: '10.000', months: 3 });
    await expect(quote('NO-SUCH')).rejects.toEqual(refusal('offers.promotion.unknown'));
    const later = await promote({ startsAt: new Date(clock.now().getTime() + 60_000) });
    await expect(quote(later)).rejects.toEqual(refusal('offers.promotion.not_running'));
    const [plan] = await sql<{ guid: string }>(`SELECT guid FROM plans WHERE id = ${plans.home}`);
    const wholesale = quote(code, { productGuid: plan?.guid });
    await expect(wholesale).rejects.toEqual(refusal('offers.promotion.other_product'));
  });
});

describe('a sale', () => {
  it('keeps its prices and its promotion whatever they become', async () => {
    const code = await promote({ maxUses: 5 });
    const id = await sell(code);
    const prices = [{ type: 'monthly', taxPercent: '15', amount: '999' }] as const;
    await use(ChangeProduct).execute({ actor, partnerId: isp, product, prices });
    expect((await quote()).prices).toMatchObject([{ amount: '999.0000' }]);
    const [sale] = await use(ProductSales).of(actor, [id]);
    expect(sale).toMatchObject({
      serviceId: id,
      prices: [{ amount: '477.3913', taxPercent: '15.000' }],
      promotion: { code, percent: '10.000', months: 3 },
    });
    await expect(sql(`UPDATE product_prices SET amount = 1`)).resolves.toBeDefined();
    expect((await use(ProductSales).of(actor, [id]))[0]?.prices).toMatchObject([{ amount: '477.3913' }]);
  });

  it('C13: counts every use of a promotion once, also when 100 want the last one in two processes', async () => {
    const code = await promote({ maxUses: 1 });
    const tried = await Promise.allSettled(Array.from({ length: 100 }, (_, n) => sell(code, n % 2)));
    const sold = tried.filter(({ status }) => status === 'fulfilled');
    const reasons = tried.flatMap((one) => (one.status === 'rejected' ? [(one.reason as { code: string }).code] : []));
    expect([sold.length, new Set(reasons)]).toEqual([1, new Set(['offers.promotion.used_up'])]);
    const [row] = await sql<{ n: number }>(
      `SELECT count(*)::integer AS n FROM product_sales s JOIN promotions p ON p.id = s.promotion_id WHERE p.code = '${code}'`,
    );
    expect([await usesOf(code), row?.n]).toEqual([1, 1]);
  }, 60_000);

  it('counts nothing when the order comes to nothing, and gives back what was undone', async () => {
    const code = await promote({ maxUses: 1 });
    const customerId = await customer();
    const broken = use(UnitOfWork).run(actor, async () => {
      const { id } = await use(OrderInternetService).execute({ actor, customerId, planId: plans.home });
      await use(ProductSales).record(actor, await quote(code), { serviceId: id, customerId });
      throw new Error('the line broke');
    });
    await expect(broken).rejects.toThrow('the line broke');
    expect(await usesOf(code)).toBe(0);
    const id = await sell(code);
    await expect(sell(code)).rejects.toEqual(refusal('offers.promotion.used_up'));
    await use(ProductSales).end(actor, id, { undone: true });
    await use(ProductSales).end(actor, id, { undone: true });
    expect([await usesOf(code), await use(ProductSales).of(actor, [id])]).toEqual([0, []]);
    const again = await sell(code);
    await use(ProductSales).end(actor, again, { undone: false });
    expect(await usesOf(code)).toBe(1);
  });
});

import { OPERATOR_PARTNER_ID, PERMISSIONS, type Actor, systemActor } from '@isp/contracts';
import { AreaProductRegister, CreateProduct, CreatePromotion } from '@isp/domain/offers';
import { IssueSettlement } from '@isp/domain/settlement';

const EVERYTHING: Actor = { ...systemActor('spec'), permissions: new Set(PERMISSIONS) };
/** Long over, and nothing was active then. */
const SETTLED_MONTH = '2020-02';
const ISP = 4;
/** What the operator manages of such things is an ISP's. */
const sellerOf = (partnerId: number): number => (partnerId === OPERATOR_PARTNER_ID ? ISP : partnerId);

let serial = 0;
const next = (): number => (serial += 1);

type Use = <T>(type: abstract new (...args: never[]) => T) => T;
type Sql = <R extends object>(text: string) => Promise<R[]>;

/** What partners sell and owe. `makeArea` makes an area with a network. */
export function offerFixtures(use: Use, sql: Sql, makeArea: (partnerId: number) => Promise<string | number>) {
  const product = (partnerId: number) => {
    const plan = { id: 1 };
    const prices = [{ type: 'monthly', taxPercent: '15', amount: '477.3913' }] as const;
    const values = { partnerId: sellerOf(partnerId), plan, name: `Made ${next()}`, prices };
    return use(CreateProduct).execute({ actor: EVERYTHING, ...values });
  };
  const promotion = (partnerId: number) => {
    const values = { partnerId: sellerOf(partnerId), code: `MADE-${next()}`, name: 'Made', percent: '10', months: 3 };
    return use(CreatePromotion).execute({ actor: EVERYTHING, ...values });
  };
  const areaProduct = async (): Promise<string> => {
    const areaId = Number(await makeArea(OPERATOR_PARTNER_ID));
    const { id } = await use(AreaProductRegister).sell({ actor: EVERYTHING, areaId, planId: 1 });
    return `${areaId}/${id}`;
  };
  const settledMonth = async (partnerId: number): Promise<string> => {
    const seller = sellerOf(partnerId);
    await use(IssueSettlement)
      .execute({ actor: EVERYTHING, partnerId: seller, month: SETTLED_MONTH })
      .catch((error: { code?: string }) => {
        if (error.code !== 'settlement.settlement.issued_already') throw error;
      });
    return `${seller}/${SETTLED_MONTH}`;
  };
  return {
    partner_product: async (partnerId: number) => {
      const { partnerId: seller, id } = await product(partnerId);
      return `${seller}/${id}`;
    },
    // The operator has no products of its own: what it reads is a plan of its own.
    product_guid: async (partnerId: number) => {
      if (partnerId !== OPERATOR_PARTNER_ID) return (await product(partnerId)).guid.toUpperCase();
      await areaProduct();
      const [plan] = await sql<{ guid: string }>('SELECT upper(guid::text) AS guid FROM plans WHERE id = 1');
      return plan?.guid ?? '';
    },
    promotion: async (partnerId: number) => {
      const { partnerId: seller, id } = await promotion(partnerId);
      return `${seller}/${id}`;
    },
    promotion_guid: async (partnerId: number) => (await promotion(partnerId)).guid.toUpperCase(),
    settled_month: settledMonth,
    own_month: async (partnerId: number) => (await settledMonth(partnerId)).split('/')[1] ?? '',
    area_product: areaProduct,
  };
}

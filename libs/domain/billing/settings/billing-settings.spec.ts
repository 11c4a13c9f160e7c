import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { actor, closeServices, openServices, use } from '../../../../test/support/services-world.js';
import { BillingModule } from '../billing.module.js';
import { TaxRates } from './billing-settings.js';

beforeAll(() => openServices(BillingModule), 120_000);
afterAll(closeServices);

it('ends a rate earlier and never later: another may hold by then', async () => {
  const refusal = (code: string) => expect.objectContaining({ code }) as never;
  const rate = { region: 'SPEC', code: 'vat', name: 'VAT', serviceType: null, percent: '15', inclusive: false };
  const { id } = await use(TaxRates).add(actor, { ...rate, from: '2025-01-01', until: '2026-01-01' });
  await use(TaxRates).add(actor, { ...rate, percent: '20', from: '2026-01-01', until: null });
  for (const on of ['2027-01-01', '2026-01-01', '2025-01-01'])
    await expect(use(TaxRates).end(actor, id, on)).rejects.toEqual(refusal('billing.end.unfit'));
  expect(await use(TaxRates).end(actor, id, '2025-06-01')).toMatchObject({ until: '2025-06-01' });
});

import { expect } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { type RunningProgram, workerBeside } from './worker-beside.js';
import { factory } from './api-fixtures.js';
import { type ApiWorld, apiWorld } from './api-world.js';
import { type ReceivedMail, openMailbox } from './mailbox.js';
import { until } from './until.js';

export interface Message {
  readonly id: number;
  readonly status: string;
  readonly subject: string | null;
  readonly recipient: string;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly message_id: string | null;
  readonly automatic: boolean;
  readonly next_attempt_at: string | null;
  readonly text: string;
}
interface Invoice {
  readonly id: number;
  readonly invoice_number: string;
}
const ISSUER = {
  name: 'Fibre <& Sons>',
  address: { street: 'Dam 1', city: 'Amsterdam', zip: '1012 JS', country: 'NL' },
  email: 'help@fibre.example',
};
/** What the mail server says next, by the recipient. */
export const says = new Map<string, number | 'drop'>();
export let world: ApiWorld;
export let box: Awaited<ReturnType<typeof openMailbox>>;
let worker: RunningProgram;
let key: string;
let made: ReturnType<typeof factory>;

/** The program with its worker, an SMTP server in this process, and somebody who issues invoices. */
export async function openMailWorld(): Promise<void> {
  box = await openMailbox((place, address) => (place === 'content' ? says.get(address) : undefined));
  world = await apiWorld();
  worker = await workerBeside(world, { ISP_SMTP_URL: box.url, ISP_MAIL_FROM: 'Fibre Billing <billing@fibre.example>' });
  key = await world.keyOf(1, PERMISSIONS, 'all');
  made = factory(world);
  expect((await patch('/billing/issuer', ISSUER)).status).toBe(200);
}

export async function closeMailWorld(): Promise<void> {
  await worker.stop(0);
  await world.close();
  await box.close();
}

/** The worker with other settings. */
export async function restartWorker(settings: Readonly<Record<string, string>>): Promise<void> {
  await worker.stop(0);
  worker = await workerBeside(world, settings);
}

export const get = (path: string) => world.ask(`/v1${path}`, { key });
export const patch = (path: string, body: unknown) => world.ask(`/v1${path}`, { method: 'PATCH', key, body });
export const post = (path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) =>
  world.ask(`/v1${path}`, { method: 'POST', key, headers, ...(body === undefined ? {} : { body }) });
export const codeOf = (answer: { json<T>(): T }) => answer.json<{ error: { code: string } }>().error.code;
export const become = (id: number, ...statuses: readonly string[]) =>
  until(`message ${id} is ${statuses.join(' or ')}`, async () => {
    const message = (await get(`/messages/${id}`)).json<Message>();
    return statuses.includes(message.status) && message;
  });
export async function customer(email: string, settings = ''): Promise<number> {
  const id = Number(await made.make.customer(1));
  await world.sql(`UPDATE customers SET email = '${email}', name = 'Zoë <b>Müller</b>' WHERE id = ${id};
    UPDATE billing_accounts SET payment_days = 14 ${settings} WHERE customer_id = ${id}`);
  return id;
}
export const invoice = async (customerId: number, more: object = {}): Promise<Invoice> => {
  const body = {
    customer_id: customerId,
    invoice_type: 'one_off',
    line_items: [{ description: 'Work', amount: 1234.5 }],
  };
  const answer = await post('/billing/invoices', { ...body, due_date: '2199-02-01', ...more });
  expect([answer.status, answer.text]).toEqual([201, expect.anything()]);
  return answer.json<Invoice>();
};
export const send = async (invoiceId: number, body?: object): Promise<Message> => {
  const answer = await post(`/billing/invoices/${invoiceId}/send`, body);
  expect([answer.status, answer.text]).toEqual([202, expect.anything()]);
  return answer.json<Message>();
};
export const ofInvoice = async (id: number) =>
  (await get(`/messages?invoice_id=${id}`)).json<{ messages: Message[] }>().messages;
export const only = (mails: readonly ReceivedMail[]): ReceivedMail => {
  expect(mails).toHaveLength(1);
  return mails[0] as ReceivedMail;
};
/** What waits for another try waits no longer. */
export const hurry = (id: number) =>
  world.sql(
    `UPDATE work_items SET not_before = now(), due_at = now() WHERE name = 'notifications.send' AND dedupe_key = '${id}' AND status = 'queued'`,
  );

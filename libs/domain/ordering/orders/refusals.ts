import { DomainError } from '@isp/kernel';
import { orderErrors } from './order.errors.js';

export type OrderSubject = 'customer' | 'premise' | 'product' | 'promotion';

/** What the caller calls the parts of an order; a refusal names the one that it is about. */
export type OrderFields = Readonly<Record<OrderSubject, string>>;

const FINAL = new Set(['not_found', 'conflict', 'unprocessable', 'validation']);

/** What the domains below say, as words that can follow the name of what they say it of. */
const PHRASES: Readonly<Record<string, string>> = {
  'customers.customer.not_found': 'is not known',
  'premises.premise.not_found': 'is not known',
  'premises.premise.occupied': 'has an existing service or order',
  'premises.premise.not_covered': 'is not covered by a network',
  'offers.product.not_sold_here': 'is not sold at this premise',
  'catalog.plan.not_sold': 'is not sold any more',
  'catalog.plan.wrong_type': 'is no internet product',
};

/** Does a part of an order; what refuses it is told of that part, with its reason. */
export async function about<T>(subject: OrderSubject, fields: OrderFields, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DomainError) || !FINAL.has(error.kind) || error.code.startsWith('platform.')) throw error;
    const reason = PHRASES[error.code] ?? phraseOf(error);
    const details = [{ field: fields[subject], message: reason }];
    throw orderErrors('ordering.order.refused', { subject, reason }, { details, cause: error });
  }
}

/** `The network at the premise is not live yet: …` without its subject and its full stop. */
function phraseOf({ message, details }: DomainError): string {
  const said = details[0]?.message ?? message;
  const verb = /\b(?:is|are|has|must|does)\b.*$/.exec(said.replace(/\.$/, ''));
  return verb?.[0] ?? `is refused: ${said}`;
}

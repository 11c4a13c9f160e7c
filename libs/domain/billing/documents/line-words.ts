import { Money, addDays, decimal } from '@isp/kernel';
import type { LineInputs } from '../engine/engine.types.js';
import type { InvoiceLineView } from '../invoices/invoice.view.js';
import type { Writer } from './words.js';

type Share = Extract<LineInputs, { readonly monthly_amount: string }>;

/** How a customer is told what a line was computed from; undefined where the amount says it all. */
export function explained(inputs: LineInputs, currency: string, writer: Writer): string | undefined {
  const money = (text: string): string => writer.number(priceText(text, currency));
  switch (inputs.rule) {
    case 'share_of_period':
      return shareWords(inputs, money, writer);
    case 'percent_discount': {
      const base = shareWords(inputs, money, writer) ?? money(inputs.monthly_amount);
      return writer.say('percent_off', { percent: writer.number(decimal(inputs.percent).toFixed()), base });
    }
    case 'amount_discount':
      return shareWords(inputs, money, writer);
    case 'overage': {
      const [gb, included] = [
        decimal(inputs.used_bytes).dividedBy(1_000_000_000),
        decimal(inputs.limit_gb).times(inputs.months).times(inputs.used).dividedBy(inputs.of),
      ].map((volume) => writer.number(volume.toDecimalPlaces(3).toFixed())) as [string, string];
      return writer.say('overage', { gb, included, price: money(inputs.gb_amount) });
    }
    case 'by_hand': {
      const { quantity, proration_factor: factor, unit_amount: unit } = inputs;
      const whole = Number(factor) === 1;
      if (whole && Number(quantity) === 1) return undefined;
      const values = { quantity: writer.number(quantity), unit: money(unit), factor: writer.number(factor) };
      return writer.say(whole ? 'by_hand' : 'by_hand_share', values);
    }
    case 'correction':
      return writer.say('correction', { should: money(inputs.should_amount), invoiced: money(inputs.invoiced_amount) });
    case 'credited_before': {
      const credited = decimal(inputs.credited_amount).negated().toFixed();
      return writer.say('credited_before', { credited: money(credited), should: money(inputs.should_amount) });
    }
    case 'credit':
      return writer.say('credit_of', { line: money(inputs.line_amount) });
    case 'once':
      return undefined;
  }
}

function shareWords(
  { monthly_amount, months, used, of, unit }: Share,
  money: (text: string) => string,
  writer: Writer,
): string | undefined {
  const values = { monthly: money(monthly_amount), months, used, of, unit: writer.say(`${unit}s`) };
  if (used === of) return months === 1 ? undefined : writer.say('months', values);
  return writer.say(months === 1 ? 'share' : 'share_of_months', values);
}

/** A price with the decimals of its currency, and more where it has more. */
function priceText(text: string, currency: string): string {
  const rounded = Money.of(text, currency).toText();
  return decimal(rounded).equals(decimal(text)) ? rounded : decimal(text).toFixed();
}

/** First and last day of what a line is for. */
export function daysOf({ from, until }: Pick<InvoiceLineView, 'from' | 'until'>, writer: Writer): string | undefined {
  if (from === null) return undefined;
  const last = until === null ? from : addDays(until, -1);
  return last <= from ? writer.date(from) : `${writer.date(from)} – ${writer.date(last)}`;
}

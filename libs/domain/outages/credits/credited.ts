/** What was credited of a month `l`: what its documents say. One that was voided, note or invoice, says nothing. */
export const CREDITED = `(SELECT coalesce(sum(c.amount), 0) FROM service_level_credits c
   JOIN invoices i ON i.partner_id = c.partner_id AND i.id = c.invoice_id AND i.status <> 'void' WHERE c.partner_id = l.partner_id AND c.level_id = l.id)`;

/**
 * What was credited of a month `l`: what its documents say. One that was voided, note or invoice, says nothing; one that
 * another customer pays for is not to be seen by this one, and counts.
 */
export const CREDITED = `(SELECT coalesce(sum(c.amount), 0) FROM service_level_credits c
   LEFT JOIN invoices i ON i.partner_id = c.partner_id AND i.id = c.invoice_id
  WHERE c.partner_id = l.partner_id AND c.level_id = l.id AND i.status IS DISTINCT FROM 'void')`;

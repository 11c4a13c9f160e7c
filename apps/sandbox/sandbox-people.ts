/** Partners after the operator, whose id is 1. */
export const PARTNERS = [
  {
    name: 'Northwind Internet',
    kind: 'reseller',
    email: 'office@northwind.example',
    tier: 'professional',
    timeZone: 'America/New_York',
  },
  { name: 'Fjordnet', kind: 'reseller', email: 'office@fjordnet.example', tier: 'free', timeZone: 'Europe/Oslo' },
  {
    name: 'Ripple Fibre',
    kind: 'isp',
    email: 'noc@ripple.example',
    tier: 'enterprise',
    timeZone: 'Africa/Johannesburg',
    currency: 'ZAR',
  },
  {
    name: 'Savanna Online',
    kind: 'isp',
    email: 'noc@savanna.example',
    tier: 'enterprise',
    timeZone: 'Africa/Johannesburg',
    currency: 'ZAR',
  },
] as const;

/** One log-in per role; `partner` is a name from PARTNERS, the operator when absent. */
export const PEOPLE = [
  { username: 'admin', fullName: 'Ada Admin', role: 'superadmin' },
  { username: 'billing', fullName: 'Bill Billing', role: 'billing' },
  { username: 'support', fullName: 'Sue Support', role: 'support' },
  { username: 'noc', fullName: 'Noah Noc', role: 'noc' },
  { username: 'reseller', fullName: 'Rita Reseller', role: 'reseller_admin', partner: 'Northwind Internet' },
  { username: 'reseller-read', fullName: 'Rob Reader', role: 'reseller_read_only', partner: 'Northwind Internet' },
  { username: 'other-reseller', fullName: 'Olga Other', role: 'reseller_admin', partner: 'Fjordnet' },
  { username: 'isp', fullName: 'Ivy Isp', role: 'isp', partner: 'Ripple Fibre' },
  { username: 'other-isp', fullName: 'Oscar Other', role: 'isp', partner: 'Savanna Online' },
] as const;

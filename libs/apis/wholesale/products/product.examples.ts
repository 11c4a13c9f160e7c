export const priceExample = {
  id: 'E6A396D4-8C0E-48E2-8008-48AC13F04CFA',
  price_type: 'Monthly',
  currency_code: 'ZAR',
  tax: 15,
  value: 477.3913,
  value_incl: 549,
};

export const productExample = {
  id: 'C567389A-2D36-4C29-AD46-0EC3D7A7D0EA',
  provider_id: '40B2AAA0-96A7-4856-BA35-90E6B0D1C4B6',
  parent_id: '452C55AD-16F0-4248-A745-E270BB44590C',
  name: 'Fibre 50/10',
  description: 'Fibre 50/10, month to month',
  speed_up: 10,
  speed_down: 50,
  min_contract: 1,
  effective_date: '2023-09-04 00:00:00 +0200',
  status: 'Active',
  type_name: 'ISP',
  provider: 'Ripple Fibre',
  pricing: [priceExample],
  logo: '/images/logos/ripple.svg',
};

export const setPriceExample = {
  ...priceExample,
  effective_date: '2023-09-04 00:00:00 +0200',
  set_by: 'key:AbCd1234',
  set_at: '2023-08-20 09:12:44 +0200',
};

export const createProductExample = {
  parent_id: '452C55AD-16F0-4248-A745-E270BB44590C',
  name: 'Fibre 50/10',
  description: 'Fibre 50/10, month to month',
  min_contract: 1,
  pricing: [{ price_type: 'Monthly', currency_code: 'ZAR', tax: 15, value: 477.3913 }],
};

const figures = {
  bytes_downloaded: 52_428_800_000,
  bytes_uploaded: 4_194_304_000,
  ipv4_bytes_downloaded: 31_457_280_000,
  ipv4_bytes_uploaded: 2_516_582_400,
  ipv6_bytes_downloaded: 20_971_520_000,
  ipv6_bytes_uploaded: 1_677_721_600,
  bytes_total: 56_623_104_000,
};
const days = { from: '2025-01-29', to: '2025-01-29', time_zone: 'America/New_York' };
const ofPeriods = { ...days, granularity: 'day', usage: [{ period: '2025-01-29', ...figures }], total: figures };
export const serviceUsageExample = { service_id: 456, ...ofPeriods };
export const chartExample = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 360" role="img">…</svg>';
export const customerUsageExample = { customer_id: 123, ...ofPeriods, services: [{ service_id: 456, ...figures }] };
export const reportExample = {
  usage: [{ month: '2025-01', partner_id: 1, customer_id: 123, service_id: 456, ...figures }],
  pagination: { page: 1, per_page: 25, total: 1, pages: 1 },
};
export const bandwidthExample = {
  service_id: 456,
  ...days,
  sample_seconds: 300,
  samples: 288,
  download: {
    peak_bps: 94_200_000,
    average_bps: 4_854_518,
    off_peak_average_bps: 912_000,
    rate_bps: 100_000_000,
    average_utilisation_percent: 4.85,
    peak_utilisation_percent: 94.2,
  },
  upload: {
    peak_bps: 11_400_000,
    average_bps: 388_361,
    off_peak_average_bps: 64_000,
    rate_bps: 20_000_000,
    average_utilisation_percent: 1.94,
    peak_utilisation_percent: 57,
  },
  percentile_95_bps: 31_800_000,
  bursts: 3,
  throttlings: 0,
};
export const throttlingExample = {
  id: 7,
  service_id: 456,
  cause: 'fair_use',
  action: 'throttle',
  period: '2025-01-01',
  at: '2025-01-29T10:30:00Z',
  usage_bytes: 500_000_123_456,
  limit_bytes: 500_000_000_000,
  download_kbps: 20_000,
  upload_kbps: 5_000,
  restored_at: null,
  restored_by: null,
  reason: null,
};

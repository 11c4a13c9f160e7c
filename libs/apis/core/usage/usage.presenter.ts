import type {
  BandwidthView,
  CustomerUsageView,
  RateFigures,
  ServiceUsageView,
  ThrottlingEventView,
  UsageFigures,
  UsageView,
} from '@isp/domain/usage';
import { toIsoSeconds } from '@isp/kernel';

function presentFigures({ download, upload, ipv6Download, ipv6Upload }: UsageFigures) {
  return {
    bytes_downloaded: download,
    bytes_uploaded: upload,
    ipv4_bytes_downloaded: download - ipv6Download,
    ipv4_bytes_uploaded: upload - ipv6Upload,
    ipv6_bytes_downloaded: ipv6Download,
    ipv6_bytes_uploaded: ipv6Upload,
    bytes_total: download + upload,
  };
}

function presentPeriods({ from, to, timeZone, granularity, periods, total }: UsageView) {
  const usage = periods.map((row) => ({ period: row.period, ...presentFigures(row) }));
  return { from, to, time_zone: timeZone, granularity, usage, total: presentFigures(total) };
}

export function presentServiceUsage(serviceId: number, view: UsageView) {
  return { service_id: serviceId, ...presentPeriods(view) };
}

export function presentCustomerUsage(customerId: number, view: CustomerUsageView) {
  const services = view.services.map((row) => ({ service_id: row.serviceId, ...presentFigures(row) }));
  return { customer_id: customerId, ...presentPeriods(view), services };
}

export function presentReported(month: string, row: ServiceUsageView) {
  const ids = { partner_id: row.partnerId, customer_id: row.customerId, service_id: row.serviceId };
  return { month, ...ids, ...presentFigures(row) };
}

function presentRates(figures: RateFigures) {
  return {
    peak_bps: figures.peak,
    average_bps: figures.average,
    off_peak_average_bps: figures.offPeakAverage,
    rate_bps: figures.rate,
    average_utilisation_percent: figures.averageUtilisation,
    peak_utilisation_percent: figures.peakUtilisation,
  };
}

export function presentBandwidth(serviceId: number, view: BandwidthView) {
  return {
    service_id: serviceId,
    from: view.from,
    to: view.to,
    time_zone: view.timeZone,
    sample_seconds: 300,
    samples: view.samples,
    download: presentRates(view.download),
    upload: presentRates(view.upload),
    percentile_95_bps: view.percentile95,
    bursts: view.bursts,
    throttlings: view.throttlings,
  };
}

export function presentThrottling(event: ThrottlingEventView) {
  return {
    id: event.id,
    service_id: event.serviceId,
    cause: event.cause,
    action: event.action,
    period: event.period,
    at: toIsoSeconds(event.at),
    usage_bytes: event.usageBytes,
    limit_bytes: event.limitBytes,
    download_kbps: event.downloadKbps,
    upload_kbps: event.uploadKbps,
    restored_at: event.restoredAt && toIsoSeconds(event.restoredAt),
    restored_by: event.restoredBy,
    reason: event.reason,
  };
}

import { fillAreas, placeNumber } from './areas.js';
import type { BareAvailability } from './bare-availability.js';
import { type Bench, type Target, compare } from './http.js';
import type { Figure } from './measure.js';
import { PARTNERS } from './place.js';
import { Helper } from './processes.js';

const AREAS = 50_000;
const PLACES = 20_000;
const KEYS = 24;

/** What can be ordered at a place, over 50,000 irregular areas: ours against a bare server with the same statement. */
export async function availabilityFigures(bench: Bench): Promise<Figure[]> {
  const { place } = bench;
  const [partner] = PARTNERS.others;
  await place.owner((client) => fillAreas(client, AREAS, PARTNERS.others));
  const [api, bare] = await Promise.all([
    place.app('api'),
    Helper.start<BareAvailability, string>('bare-availability.ts'),
  ]);
  try {
    const bareUrl = await bare.ask({ url: place.postgres.url('isp', 'isp_super') });
    const headers = (await place.apiKeys(partner, KEYS, ['product.read'])).map((key) => ({ 'x-api-key': key }));
    const places = Array.from({ length: PLACES }, (_, n) => placeNumber(n, AREAS).join('/'));
    const common = { method: 'GET', status: 200 } as const;
    const ours: Target = {
      ...{ ...common, origin: api.url, headers, pid: api.pid },
      paths: places.map((at) => `/wholesale/products/availability/${at}`),
    };
    const theirs: Target = {
      ...{ ...common, origin: bareUrl, headers: [{}], pid: bare.pid },
      paths: places.map((at) => `/partners/${partner}/availability/${at}`),
    };
    // Connections are opened and statements planned before anything is measured.
    for (const target of [ours, theirs]) await bench.load.ask({ ...target, connections: 4, count: 600 });
    return [await compare(bench, 'Availability at a point, 50,000 areas', 0.6, ours, theirs)];
  } finally {
    await Promise.all([api.stop(), bare.stop()]);
  }
}

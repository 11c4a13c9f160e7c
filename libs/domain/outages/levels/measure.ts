import { type Decimal, Money, decimal, type Span, intersect, merged, subtract } from '@isp/kernel';
import type { Level, LevelFacts } from './level.types.js';

const lengthOf = (spans: readonly Span[]): number => spans.reduce((sum, { from, until }) => sum + until - from, 0);

/**
 * A month of a service in figures. Time counts where the service was to work and nobody had announced work on it. It was
 * down where an outage reached it and no session shows that it worked all the same. It was measured where the poller
 * asked, a session was up, or an outage was known; the rest is in no figure.
 */
export function measure(facts: LevelFacts): Level {
  const { promise, probes } = facts;
  const past = [{ from: facts.from, until: Math.min(facts.now, facts.until) }];
  const whole = [{ from: facts.from, until: facts.until }];
  const owed = intersect(merged(facts.agreed), whole);
  const maintenance = merged(facts.maintenance);
  const counted = subtract(owed, maintenance);
  const lived = intersect(counted, past);
  const worked = merged(facts.sessions);
  const down = subtract(intersect(merged(facts.outages), lived), worked);
  const known = intersect(merged([...facts.observed, ...facts.sessions, ...facts.outages]), lived);
  const incidents = facts.outages
    .map((outage) => lengthOf(subtract(intersect([outage], lived), worked)))
    .filter((seconds) => seconds > 0);
  const [measuredSeconds, downSeconds] = [lengthOf(known), lengthOf(down)];
  const ahead = lengthOf(counted) - lengthOf(lived);
  const short = shortOf(downSeconds, measuredSeconds, promise.percent);
  return {
    agreedSeconds: lengthOf(counted),
    livedSeconds: lengthOf(lived),
    maintenanceSeconds: lengthOf(intersect(owed, maintenance)),
    measuredSeconds,
    downSeconds,
    committedPercent: promise.percent,
    actualPercent: measuredSeconds === 0 ? null : rounded((100 * (measuredSeconds - downSeconds)) / measuredSeconds, 6),
    latencyMs: probes.answered === 0 ? null : rounded(probes.elapsedMs / probes.answered, 3),
    packetLossPercent: probes.asked === 0 ? null : rounded((100 * (probes.asked - probes.answered)) / probes.asked, 3),
    incidents: incidents.length,
    repairSeconds: incidents.reduce((sum, seconds) => sum + seconds, 0),
    met: measuredSeconds === 0 ? null : !short.greaterThan(0),
    ...creditOf(facts, shortOf(downSeconds, measuredSeconds + ahead, promise.percent)),
  };
}

/** Seconds below what was promised of a length of time; negative where there is room. */
function shortOf(downSeconds: number, ofSeconds: number, percent: string): Decimal {
  return decimal(downSeconds).minus(decimal(100).minus(decimal(percent)).times(ofSeconds).dividedBy(100));
}

/** For each unit of time below the level its share of the monthly fee, up to the cap. */
function creditOf(facts: LevelFacts, short: Decimal): Pick<Level, 'creditAmount' | 'arithmetic'> {
  const { credit, monthlyAmount, currency } = facts;
  const nothing = Money.zero(currency).toText();
  if (!short.greaterThan(0)) return { creditAmount: nothing, arithmetic: 'as promised' };
  const below = `${short.dividedBy(60).toDecimalPlaces(2).toString()} minutes below ${facts.promise.percent} %`;
  if (!credit) return { creditAmount: nothing, arithmetic: `${below}; no credit is agreed` };
  const exact = short.dividedBy(credit.minutes * 60);
  const units = credit.unit === 'started' ? exact.ceil() : exact.floor();
  const share = units.times(decimal(credit.percent));
  const cap = decimal(credit.capPercent);
  const percent = share.greaterThan(cap) ? cap : share;
  const amount = Money.of(monthlyAmount, currency).times(percent).dividedBy(100).toText();
  const unit = `${units.toString()} ${credit.unit} × ${credit.minutes} minutes`;
  const capped = share.greaterThan(cap) ? `, at most ${credit.capPercent} %` : '';
  const arithmetic = `${below}: ${unit} × ${credit.percent} %${capped} = ${percent.toString()} % of ${monthlyAmount} = ${amount}`;
  return { creditAmount: amount, arithmetic };
}

const rounded = (value: number, decimals: number): number => Number(value.toFixed(decimals));

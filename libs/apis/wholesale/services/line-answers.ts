import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { RevealLineSecrets } from '@isp/domain/network';
import { type LineFilter, LineQueries, type LineView } from '@isp/domain/ordering';
import { PartnerQueries } from '@isp/domain/partners';
import { presentListedService, presentService } from './service.presenter.js';

interface Slice {
  readonly limit: number;
  readonly offset: number;
}

/** Services as this API shows them; with their secrets to a caller that may see those. */
@Injectable()
export class LineAnswers {
  constructor(
    private readonly lines: LineQueries,
    private readonly secrets: RevealLineSecrets,
    private readonly partners: PartnerQueries,
  ) {}

  async one(actor: Actor, guid: string) {
    return this.whole(actor, await this.lines.get(actor, guid));
  }

  async whole(actor: Actor, line: LineView) {
    const owner = await this.partners.get(actor, actor.partnerId);
    const shown = await this.secrets.execute(actor, [line.serviceId]);
    return presentService(line, shown.get(line.serviceId), owner);
  }

  async listed(actor: Actor, filter: LineFilter, slice: Slice) {
    const owner = await this.partners.get(actor, actor.partnerId);
    const { rows, total } = await this.lines.list(actor, filter, slice);
    return { items: rows.map((line) => presentListedService(line, owner)), total };
  }

  async allOf(actor: Actor, customerGuid: string, slice: Slice) {
    const owner = await this.partners.get(actor, actor.partnerId);
    const { rows, total } = await this.lines.list(actor, { customerGuid }, slice);
    const shown = await this.secrets.execute(
      actor,
      rows.map(({ serviceId }) => serviceId),
    );
    return { items: rows.map((line) => presentService(line, shown.get(line.serviceId), owner)), total };
  }
}

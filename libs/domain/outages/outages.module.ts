import { Module } from '@nestjs/common';
import { BillingModule } from '@isp/domain/billing';
import { ServicesModule } from '@isp/domain/services';
import { TicketsModule } from '@isp/domain/tickets';
import { SupplierClaims } from './claims/claims.js';
import { MeasureClaims, MeasureClaimsSchedule } from './claims/measure-claims.usecase.js';
import { SettleCredits } from './credits/settle-credits.usecase.js';
import { ServiceHealth } from './health/service-health.queries.js';
import { LevelBook } from './levels/level-book.js';
import { LevelFactsReader } from './levels/level-facts.js';
import { LevelTerms } from './levels/level-terms.js';
import { LevelQueries } from './levels/level.queries.js';
import { MeasureLevels, MeasureLevelsSchedule } from './levels/measure-levels.usecase.js';
import { MaintenanceCalendar } from './maintenance/maintenance-calendar.js';
import { MaintenanceQueries } from './maintenance/maintenance.queries.js';
import { PlanMaintenance } from './maintenance/plan-maintenance.usecases.js';
import { NoticeQueries } from './notices/notice.queries.js';
import { Notices } from './notices/notices.js';
import { CorrectOutage } from './outages/correct-outage.usecase.js';
import { FollowDeviceListener } from './outages/follow-device.listener.js';
import { FollowDevice } from './outages/follow-device.usecase.js';
import {
  LinkEarlierTicketsHandler,
  LinkEarlierTicketsListener,
  LinkTicketListener,
} from './outages/link-tickets.listener.js';
import { LinkTickets } from './outages/link-tickets.usecase.js';
import { OpenOutage } from './outages/open-outage.usecase.js';
import { OutageDesk } from './outages/outage-desk.js';
import { OutageQueries } from './outages/outage.queries.js';
import { OutageTickets } from './outages/outage-tickets.js';
import { OutageRepository } from './outages/outage.repository.js';
import { TendOutages, TendOutagesSchedule } from './outages/tend-outages.usecase.js';
import { Topology } from './topology/topology.js';

const DOOR = [
  MeasureClaims,
  SupplierClaims,
  CorrectOutage,
  FollowDevice,
  LevelQueries,
  LevelTerms,
  LinkTickets,
  MaintenanceQueries,
  MeasureLevels,
  NoticeQueries,
  OpenOutage,
  OutageQueries,
  PlanMaintenance,
  ServiceHealth,
  SettleCredits,
  TendOutages,
];
const INNER = [
  LevelBook,
  LevelFactsReader,
  MaintenanceCalendar,
  Notices,
  OutageDesk,
  OutageRepository,
  OutageTickets,
  Topology,
];

/** What is down and for whom, what was announced, how good services were, and what is credited when they were not. */
@Module({ imports: [BillingModule, ServicesModule, TicketsModule], providers: [...DOOR, ...INNER], exports: DOOR })
export class OutagesModule {}

@Module({
  imports: [OutagesModule],
  providers: [
    ...[FollowDeviceListener, LinkTicketListener, LinkEarlierTicketsListener, LinkEarlierTicketsHandler],
    ...[TendOutagesSchedule, MeasureLevelsSchedule, MeasureClaimsSchedule],
  ],
})
export class OutagesWorkerModule {}

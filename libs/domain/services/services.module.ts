import { Module } from '@nestjs/common';
import { CatalogModule } from '@isp/domain/catalog';
import { CustomersModule } from '@isp/domain/customers';
import { NetworkModule } from '@isp/domain/network';
import { PartnersModule } from '@isp/domain/partners';
import { ApplyDueChangesSchedule } from './changes/apply-due-changes.schedule.js';
import { ApplyDueChanges } from './changes/apply-due-changes.usecase.js';
import { CancelServiceChange } from './changes/cancel-service-change.usecase.js';
import { ChangeServicePlan } from './changes/change-service-plan.usecase.js';
import { LocalTime } from './changes/local-time.js';
import { PriceGuards } from './changes/price-guards.js';
import { PauseService } from './changes/pause-service.usecase.js';
import { RelocateService } from './changes/relocate-service.usecase.js';
import { ResumeService } from './changes/resume-service.usecase.js';
import { ServiceChangeBook } from './changes/service-change-book.js';
import { ServiceChangeEffects } from './changes/service-change-effects.js';
import { ServiceChangeQueries } from './changes/service-change.queries.js';
import { ServiceChangeRepository } from './changes/service-change.repository.js';
import { SetStaticAddress } from './changes/set-static-address.usecase.js';
import { StaticAddressBook } from './changes/static-address-book.js';
import { TerminateService } from './changes/terminate-service.usecase.js';
import { FollowNetworkListener } from './services/follow-network.listener.js';
import { ChangeService } from './services/change-service.usecase.js';
import { CloseCustomer } from './services/close-customer.usecase.js';
import { MoveService } from './services/move-service.usecase.js';
import { OrderBundle } from './services/order-bundle.usecase.js';
import { OrderInternetService } from './services/order-internet-service.usecase.js';
import { OrderVoiceService } from './services/order-voice-service.usecase.js';
import { ServiceFacts } from './services/service.facts.js';
import { ServiceHistoryQueries } from './services/service-history.queries.js';
import { ServiceNetwork } from './services/service-network.js';
import { ServiceOrders } from './services/service-orders.js';
import { ServiceQueries } from './services/service.queries.js';
import { ServiceRepository } from './services/service.repository.js';
import { SoldProfile } from './services/sold-profile.js';
import { SetOperationalStatus } from './services/set-operational-status.usecase.js';
import { FollowBalance } from './suspensions/follow-balance.usecase.js';
import { FollowCustomerListener } from './suspensions/follow-customer.listener.js';
import { FollowCustomer } from './suspensions/follow-customer.usecase.js';
import { ReactivateService } from './suspensions/reactivate-service.usecase.js';
import { ServiceSuspensions } from './suspensions/service-suspensions.js';
import { SuspendService } from './suspensions/suspend-service.usecase.js';

const DOOR = [
  OrderInternetService,
  OrderVoiceService,
  OrderBundle,
  ChangeService,
  MoveService,
  SetOperationalStatus,
  SuspendService,
  ReactivateService,
  FollowBalance,
  FollowCustomer,
  PriceGuards,
  ChangeServicePlan,
  RelocateService,
  SetStaticAddress,
  StaticAddressBook,
  PauseService,
  ResumeService,
  TerminateService,
  CancelServiceChange,
  ApplyDueChanges,
  CloseCustomer,
  ServiceQueries,
  SoldProfile,
  ServiceHistoryQueries,
  ServiceChangeQueries,
];
const INNER = [
  ServiceFacts,
  ServiceOrders,
  ServiceRepository,
  ServiceNetwork,
  ServiceSuspensions,
  ServiceChangeRepository,
  ServiceChangeEffects,
  ServiceChangeBook,
  LocalTime,
];

@Module({
  imports: [CatalogModule, CustomersModule, NetworkModule, PartnersModule],
  providers: [...INNER, ...DOOR],
  exports: DOOR,
})
export class ServicesModule {}

/** Carries out what is due, and follows the customers. */
@Module({
  imports: [ServicesModule],
  providers: [ApplyDueChangesSchedule, FollowCustomerListener, FollowNetworkListener],
})
export class ServicesWorkerModule {}

import { Module } from '@nestjs/common';
import { CustomersModule } from '@isp/domain/customers';
import { NetworkModule } from '@isp/domain/network';
import { OffersModule } from '@isp/domain/offers';
import { PartnersModule } from '@isp/domain/partners';
import { PremisesModule } from '@isp/domain/premises';
import { ProvisioningModule } from '@isp/domain/provisioning';
import { ServicesModule } from '@isp/domain/services';
import { WorkOrdersModule } from '@isp/domain/work-orders';
import { ChangeFeedModule } from '@isp/platform/change-feed';
import { LineDeltas } from './lines/line-deltas.js';
import { LineQueries } from './lines/line.queries.js';
import { CallBack } from './orders/call-back.js';
import { CancelOrder } from './orders/cancel-order.usecase.js';
import { CancelOrderedWork } from './orders/cancel-ordered-work.usecase.js';
import { ChangeLine } from './orders/change-line.usecase.js';
import { FollowServiceListener } from './orders/follow-service.listener.js';
import { FollowService } from './orders/follow-service.usecase.js';
import { OrderBook } from './orders/order-book.js';
import { OrderFacts } from './orders/order.facts.js';
import { OrderRepository } from './orders/order.repository.js';
import { OrderedLine } from './orders/ordered-line.js';
import { PlaceOrder } from './orders/place-order.usecase.js';

const DOOR = [PlaceOrder, ChangeLine, CancelOrder, CancelOrderedWork, FollowService, LineQueries, LineDeltas];

/** Lines that partners order on premises, from the order to its end. */
@Module({
  imports: [
    ChangeFeedModule,
    CustomersModule,
    NetworkModule,
    OffersModule,
    PartnersModule,
    PremisesModule,
    ProvisioningModule,
    ServicesModule,
    WorkOrdersModule,
  ],
  providers: [...DOOR, OrderRepository, OrderFacts, OrderBook, OrderedLine, CallBack],
  exports: DOOR,
})
export class OrderingModule {}

@Module({ imports: [OrderingModule], providers: [FollowServiceListener] })
export class OrderingWorkerModule {}

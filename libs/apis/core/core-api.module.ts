import { Module } from '@nestjs/common';
import { CatalogModule } from '@isp/domain/catalog';
import { CustomersModule } from '@isp/domain/customers';
import { PartnersModule } from '@isp/domain/partners';
import { ProvisioningModule } from '@isp/domain/provisioning';
import { ServicesModule } from '@isp/domain/services';
import { AuditController } from './audit/audit.controller.js';
import { CoreAccessModule } from './auth/core-access.module.js';
import { BandwidthProfilesController } from './bandwidth-profiles/bandwidth-profiles.controller.js';
import { CoreBillingModule } from './billing/core-billing.module.js';
import { CoreDunningModule } from './dunning/core-dunning.module.js';
import { CustomersController } from './customers/customers.controller.js';
import { CoreMessagesModule } from './messages/core-messages.module.js';
import { CoreIpamModule } from './network/core-ipam.module.js';
import { CoreRadiusModule } from './network/core-radius.module.js';
import { CoreDevicesModule } from './network/core-devices.module.js';
import { CoreOutagesModule } from './outages/core-outages.module.js';
import { PartnerTokensController } from './partners/partner-tokens.controller.js';
import { CoreOffersModule } from './offers/core-offers.module.js';
import { PartnersController } from './partners/partners.controller.js';
import { PlansController } from './plans/plans.controller.js';
import { CorePremisesModule } from './premises/core-premises.module.js';
import { JobControlController } from './provisioning/job-control.controller.js';
import { JobEventsController } from './provisioning/job-events.controller.js';
import { JobsController } from './provisioning/jobs.controller.js';
import { CoreReportsModule } from './reports/core-reports.module.js';
import { ServiceChangesController } from './services/service-changes.controller.js';
import { ServiceStatesController } from './services/service-states.controller.js';
import { ServicesController } from './services/services.controller.js';
import { CoreSlaModule } from './sla/core-sla.module.js';
import { CoreTicketsModule } from './tickets/core-tickets.module.js';
import { CoreUsageModule } from './usage/core-usage.module.js';
import { CoreWorkOrdersModule } from './work-orders/core-work-orders.module.js';
import { CoreSuppliersModule } from './suppliers/core-suppliers.module.js';
import { CoreWorkforceModule } from './workforce/core-workforce.module.js';
import { CoreWebhooksModule } from './webhooks/core-webhooks.module.js';

/** The core API, `/v1`. */
@Module({
  imports: [
    CatalogModule,
    CustomersModule,
    PartnersModule,
    ProvisioningModule,
    ServicesModule,
    CoreAccessModule,
    CoreIpamModule,
    CoreDevicesModule,
    CoreWebhooksModule,
    CoreRadiusModule,
    CoreUsageModule,
    CoreBillingModule,
    CoreDunningModule,
    CoreMessagesModule,
    CoreReportsModule,
    CoreOutagesModule,
    CoreWorkOrdersModule,
    CoreSuppliersModule,
    CoreWorkforceModule,
    CorePremisesModule,
    CoreOffersModule,
    CoreTicketsModule,
    CoreSlaModule,
  ],
  controllers: [
    CustomersController,
    PlansController,
    BandwidthProfilesController,
    PartnersController,
    PartnerTokensController,
    ServicesController,
    ServiceStatesController,
    ServiceChangesController,
    JobsController,
    JobControlController,
    JobEventsController,
    AuditController,
  ],
})
export class CoreApiModule {}

import { Module } from '@nestjs/common';
import { CatalogModule } from '@isp/domain/catalog';
import { CustomersModule } from '@isp/domain/customers';
import { PartnersModule } from '@isp/domain/partners';
import { ProvisioningModule } from '@isp/domain/provisioning';
import { ServicesModule } from '@isp/domain/services';
import { AuditController } from './audit/audit.controller.js';
import { CoreAccessModule } from './auth/core-access.module.js';
import { CustomersController } from './customers/customers.controller.js';
import { CoreDevicesModule } from './network/core-devices.module.js';
import { PartnersController } from './partners/partners.controller.js';
import { PlansController } from './plans/plans.controller.js';
import { JobsController } from './provisioning/jobs.controller.js';
import { ServicesController } from './services/services.controller.js';
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
    CoreDevicesModule,
    CoreWebhooksModule,
  ],
  controllers: [
    CustomersController,
    PlansController,
    PartnersController,
    ServicesController,
    JobsController,
    AuditController,
  ],
})
export class CoreApiModule {}

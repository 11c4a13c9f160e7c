import { Module } from '@nestjs/common';
import { ClaimDelivery } from './deliveries/claim-delivery.usecase.js';
import { DeliverWebhookJob } from './deliveries/deliver-webhook.job.js';
import { DeliveryRepository } from './deliveries/delivery.repository.js';
import { Flights } from './deliveries/flights.js';
import { PurgeWebhooksSchedule } from './deliveries/purge-webhooks.schedule.js';
import { PurgeWebhooks } from './deliveries/purge-webhooks.usecase.js';
import { RecordAttempt } from './deliveries/record-attempt.usecase.js';
import { TendParkedSchedule } from './deliveries/tend-parked.schedule.js';
import { WebhookSender } from './deliveries/webhook-sender.js';
import { EventDialectsModule } from './dialects/event-dialects.js';
import { DisableEndpoint } from './endpoints/disable-endpoint.usecase.js';
import { EndpointRepository } from './endpoints/endpoint.repository.js';
import { EndpointSecrets } from './endpoints/endpoint-secrets.js';
import { EventPublisher } from './events/event-publisher.js';
import { FanOutListener } from './events/fan-out.listener.js';

/** Turns events into deliveries and carries them out. */
@Module({
  imports: [EventDialectsModule],
  providers: [
    FanOutListener,
    DeliverWebhookJob,
    TendParkedSchedule,
    PurgeWebhooksSchedule,
    PurgeWebhooks,
    ClaimDelivery,
    WebhookSender,
    RecordAttempt,
    DisableEndpoint,
    Flights,
    EventPublisher,
    EndpointRepository,
    EndpointSecrets,
    DeliveryRepository,
  ],
})
export class WebhooksWorkerModule {}

import { Module } from '@nestjs/common';
import { DeliveryQueries } from './deliveries/delivery.queries.js';
import { DeliveryRepository } from './deliveries/delivery.repository.js';
import { Redeliver } from './deliveries/redeliver.usecase.js';
import { ReplayRange } from './deliveries/replay-range.usecase.js';
import { SendTest } from './deliveries/send-test.usecase.js';
import { CreateEndpoint } from './endpoints/create-endpoint.usecase.js';
import { DeleteEndpoint } from './endpoints/delete-endpoint.usecase.js';
import { EndpointQueries } from './endpoints/endpoint.queries.js';
import { EndpointRepository } from './endpoints/endpoint.repository.js';
import { EndpointSecrets } from './endpoints/endpoint-secrets.js';
import { RotateSecret } from './endpoints/rotate-secret.usecase.js';
import { UpdateEndpoint } from './endpoints/update-endpoint.usecase.js';
import { EventPublisher } from './events/event-publisher.js';

const DOOR = [
  CreateEndpoint,
  UpdateEndpoint,
  DeleteEndpoint,
  RotateSecret,
  SendTest,
  Redeliver,
  ReplayRange,
  EndpointQueries,
  DeliveryQueries,
];
const INNER = [EndpointRepository, EndpointSecrets, DeliveryRepository, EventPublisher];

/** Endpoints and deliveries, as an API manages them; carrying them out is the worker's. */
@Module({ providers: [...DOOR, ...INNER], exports: DOOR })
export class WebhooksModule {}

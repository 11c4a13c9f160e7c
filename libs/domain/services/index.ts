import { Service } from './services/service.entity.js';

export const servicesEntities = [Service];
export type { InstallationAddress, OperationalStatus, ServiceStatus } from './services/service.entity.js';
export * from './services/close-customer.usecase.js';
export * from './services/move-service.usecase.js';
export * from './services/order-internet-service.usecase.js';
export * from './services/service.queries.js';
export type { ServiceView } from './services/service.view.js';
export * from './services.module.js';

import { Customer } from './customers/customer.entity.js';

export const customersEntities = [Customer];
export type { CustomerKind, CustomerStatus, PostalAddress } from './customers/customer.entity.js';
export * from './customers/change-customer.usecase.js';
export * from './customers/create-customer.usecase.js';
export { customerErrors } from './customers/customer.errors.js';
export * from './customers/customer.queries.js';
export type { CustomerView } from './customers/customer.view.js';
export * from './customers/register-portal-customer.usecase.js';
export * from './customers/set-customer-status.usecase.js';
export * from './customers/set-portal-password.usecase.js';
export * from './customers.module.js';

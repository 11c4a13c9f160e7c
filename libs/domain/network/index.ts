export { AddressPool, type AssignedAddress, hostOf } from './addresses/address-pool.js';
export * from './drivers/device-driver.port.js';
export * from './drivers/router-control.js';
export * from './network.module.js';
export * from './routers/define-router.usecase.js';
export * from './routers/router.queries.js';
export * from './subscribers/change-subscriber.usecase.js';
export * from './subscribers/prepare-subscriber.usecase.js';
export * from './radius/radius-vault.js';

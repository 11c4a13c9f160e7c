import { Module } from '@nestjs/common';
import { NetworkModule } from '@isp/domain/network';
import { AddressesController } from './addresses.controller.js';
import { PoolsController } from './pools.controller.js';
import { PrefixesController } from './prefixes.controller.js';
import { ReservationsController } from './reservations.controller.js';
import { VlansController } from './vlans.controller.js';
import { VrfsController } from './vrfs.controller.js';

/** Address management, `/v1/network/…`. */
@Module({
  imports: [NetworkModule],
  controllers: [
    VrfsController,
    PrefixesController,
    PoolsController,
    ReservationsController,
    AddressesController,
    VlansController,
  ],
})
export class CoreIpamModule {}

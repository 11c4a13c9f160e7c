import { Module } from '@nestjs/common';
import { NetworkModule } from '@isp/domain/network';
import { ServicesModule } from '@isp/domain/services';
import { UsageModule } from '@isp/domain/usage';
import { WholesaleServiceNetworkController } from './service-network.controller.js';

@Module({
  imports: [NetworkModule, ServicesModule, UsageModule],
  controllers: [WholesaleServiceNetworkController],
})
export class WholesaleNetworkModule {}

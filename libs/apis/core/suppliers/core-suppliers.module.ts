import { Module } from '@nestjs/common';
import { OutagesModule } from '@isp/domain/outages';
import { SuppliersModule } from '@isp/domain/suppliers';
import { ClaimsController } from './claims.controller.js';
import { SuppliersController } from './suppliers.controller.js';

@Module({ imports: [SuppliersModule, OutagesModule], controllers: [SuppliersController, ClaimsController] })
export class CoreSuppliersModule {}

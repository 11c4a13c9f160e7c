import { Module } from '@nestjs/common';
import { SupplierContracts } from './suppliers/contracts.js';
import { Suppliers } from './suppliers/suppliers.js';

const DOOR = [Suppliers, SupplierContracts];

/** Whom the operator buys from, and what was agreed. */
@Module({ providers: DOOR, exports: DOOR })
export class SuppliersModule {}

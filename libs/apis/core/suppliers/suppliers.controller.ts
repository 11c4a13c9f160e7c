import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  CurrentActor,
  IfMatch,
  JsonBody,
  Operation,
  PathParam,
  QueryString,
  createdAt,
  intId,
  versioned,
} from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { type ContractChanges, type ContractTerms, SupplierContracts, Suppliers } from '@isp/domain/suppliers';
import { listOf, sliceOf } from '../lists.js';
import { presentContract, presentSupplier } from './supplier.presenter.js';
import * as schema from './supplier.schema.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };

@ApiTags('Suppliers')
@Controller('v1')
export class SuppliersController {
  constructor(
    private readonly suppliers: Suppliers,
    private readonly contracts: SupplierContracts,
  ) {}

  @Get('suppliers')
  @Operation({
    access: 'supplier.read',
    summary: 'List suppliers, by name',
    response: schema.suppliersShape,
    example: { suppliers: [schema.supplierExample], pagination: PAGINATION },
  })
  async list(@CurrentActor() actor: Actor, @QueryString(schema.suppliersQuery) query: schema.SuppliersQuery) {
    const { rows, total } = await this.suppliers.list(actor, query, sliceOf(query));
    return listOf('suppliers', rows.map(presentSupplier), total, query);
  }

  @Post('suppliers')
  @Operation({
    access: 'supplier.manage',
    summary: 'Add a supplier',
    status: 201,
    response: schema.supplierShape,
    example: schema.supplierExample,
    requestExample: schema.newSupplierExample,
    errors: ['conflict'],
  })
  async add(@CurrentActor() actor: Actor, @JsonBody(schema.newSupplierBody) body: schema.NewSupplierBody) {
    const { name, email = null, phone = null, status = 'active' } = body;
    const made = await this.suppliers.add(actor, { name, email, phone, status });
    return createdAt(`/v1/suppliers/${made.id}`, presentSupplier(made));
  }

  @Get('suppliers/:supplier_id')
  @Operation({
    access: 'supplier.read',
    summary: 'Read a supplier',
    response: schema.supplierShape,
    example: schema.supplierExample,
    errors: ['not_found'],
  })
  async read(@CurrentActor() actor: Actor, @PathParam('supplier_id', intId) id: number) {
    const supplier = await this.suppliers.get(actor, id);
    return versioned(supplier.version, presentSupplier(supplier));
  }

  @Patch('suppliers/:supplier_id')
  @Operation({
    access: 'supplier.manage',
    summary: 'Change a supplier',
    response: schema.supplierShape,
    example: { ...schema.supplierExample, status: 'inactive', version: 2 },
    requestExample: { status: 'inactive' },
    errors: ['not_found', 'conflict', 'precondition_failed'],
  })
  async change(
    @CurrentActor() actor: Actor,
    @PathParam('supplier_id', intId) id: number,
    @IfMatch() ifMatch: number | undefined,
    @JsonBody(schema.changeSupplierBody) body: schema.ChangeSupplierBody,
  ) {
    const supplier = await this.suppliers.change(actor, id, ifMatch, body);
    return versioned(supplier.version, presentSupplier(supplier));
  }

  @Get('supplier-contracts')
  @Operation({
    access: 'supplier.read',
    summary: 'List what is bought from suppliers',
    response: schema.contractsShape,
    example: { contracts: [schema.contractExample], pagination: PAGINATION },
  })
  async listContracts(@CurrentActor() actor: Actor, @QueryString(schema.contractsQuery) query: schema.ContractsQuery) {
    const { supplier_id: supplierId, device_id: deviceId, node_id: nodeId } = query;
    const { rows, total } = await this.contracts.list(actor, { supplierId, deviceId, nodeId }, sliceOf(query));
    return listOf('contracts', rows.map(presentContract), total, query);
  }

  @Post('supplier-contracts')
  @Operation({
    access: 'supplier.manage',
    summary: 'Add a contract with a supplier',
    description:
      'It ends at a device or a node: outages there are measured against what was committed, and a month that falls short ' +
      'becomes a claim.',
    status: 201,
    response: schema.contractShape,
    example: schema.contractExample,
    requestExample: schema.newContractExample,
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async addContract(@CurrentActor() actor: Actor, @JsonBody(schema.newContractBody) body: schema.NewContractBody) {
    // A new contract has all of them.
    const terms = termsOf(body) as Omit<ContractTerms, 'supplierId'>;
    const made = await this.contracts.add(actor, { supplierId: body.supplier_id, ...terms });
    return createdAt(`/v1/supplier-contracts/${made.id}`, presentContract(made));
  }

  @Get('supplier-contracts/:contract_id')
  @Operation({
    access: 'supplier.read',
    summary: 'Read a contract with a supplier',
    response: schema.contractShape,
    example: schema.contractExample,
    errors: ['not_found'],
  })
  async readContract(@CurrentActor() actor: Actor, @PathParam('contract_id', intId) id: number) {
    const contract = await this.contracts.get(actor, id);
    return versioned(contract.version, presentContract(contract));
  }

  @Patch('supplier-contracts/:contract_id')
  @Operation({
    access: 'supplier.manage',
    summary: 'Change a contract with a supplier',
    description:
      'Claims that were sent stay as they were sent; open ones are measured by the new terms. New terms from a day on are ' +
      'another contract of the same reference.',
    response: schema.contractShape,
    example: { ...schema.contractExample, valid_until: '2026-01-01', version: 2 },
    requestExample: { valid_until: '2026-01-01' },
    errors: ['not_found', 'conflict', 'unprocessable', 'precondition_failed'],
  })
  async changeContract(
    @CurrentActor() actor: Actor,
    @PathParam('contract_id', intId) id: number,
    @IfMatch() ifMatch: number | undefined,
    @JsonBody(schema.changeContractBody) body: schema.ChangeContractBody,
  ) {
    const contract = await this.contracts.change(actor, id, ifMatch, termsOf(body));
    return versioned(contract.version, presentContract(contract));
  }

  @Delete('supplier-contracts/:contract_id')
  @Operation({
    access: 'supplier.manage',
    summary: 'Delete a contract that was never claimed from',
    status: 204,
    errors: ['not_found', 'conflict'],
  })
  async removeContract(@CurrentActor() actor: Actor, @PathParam('contract_id', intId) id: number) {
    await this.contracts.remove(actor, id);
  }
}

/** As the domain names them; what is absent stays absent. */
function termsOf(body: schema.ChangeContractBody): ContractChanges {
  return {
    reference: body.reference,
    description: body.description,
    deviceId: body.device_id,
    nodeId: body.node_id,
    validFrom: body.valid_from,
    validUntil: body.valid_until,
    timeZone: body.time_zone,
    monthlyAmount: body.monthly_amount,
    currency: body.currency,
    committedPercent: body.committed_percent?.toString(),
    creditPercent: body.credit_percent?.toString(),
    creditMinutes: body.credit_minutes,
    creditUnit: body.credit_unit,
    creditCapPercent: body.credit_cap_percent?.toString(),
    claimDays: body.claim_days,
  };
}

import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, Operation, PathParam, QueryString } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { AddressQueries, DEFAULT_VRF_ID } from '@isp/domain/network';
import { listOf, sliceOf } from '../lists.js';
import * as schema from './addresses.schema.js';
import { presentAddress, presentHolding } from './ipam.presenter.js';
import { ONE_PAGE, addressText } from './ipam.schema.js';

@ApiTags('Network addresses')
@Controller('v1/network/addresses')
export class AddressesController {
  constructor(private readonly addresses: AddressQueries) {}

  @Get(':address')
  @Operation({
    access: 'ipam.read',
    summary: 'Read what an address is at present',
    response: schema.addressShape,
    example: schema.addressExample,
  })
  async getAddress(
    @CurrentActor() actor: Actor,
    @PathParam('address', addressText) address: string,
    @QueryString(schema.addressQuery) { vrf_id: vrfId = DEFAULT_VRF_ID }: schema.AddressQuery,
  ) {
    return presentAddress(await this.addresses.look(actor, vrfId, address), vrfId);
  }

  @Get(':address/history')
  @Operation({
    access: 'ipam.read',
    summary: 'List who had an address, the latest first',
    description:
      'With `at` the one who had it at that instant. An IPv6 address is answered by the prefix that it lies in.',
    response: schema.holdingsShape,
    example: { holdings: [schema.holdingExample], pagination: ONE_PAGE },
  })
  async listHistory(
    @CurrentActor() actor: Actor,
    @PathParam('address', addressText) address: string,
    @QueryString(schema.historyQuery) query: schema.HistoryQuery,
  ) {
    const { vrf_id: vrfId = DEFAULT_VRF_ID, at } = query;
    const { rows, total } = await this.addresses.history(actor, vrfId, address, at, sliceOf(query));
    return listOf('holdings', rows.map(presentHolding), total, query);
  }
}

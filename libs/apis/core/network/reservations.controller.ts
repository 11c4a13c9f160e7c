import { Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, createdAt, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { Reservations } from '@isp/domain/network';
import { listOf, sliceOf } from '../lists.js';
import * as schema from './addresses.schema.js';
import { presentReservation } from './ipam.presenter.js';
import { ONE_PAGE } from './ipam.schema.js';

@ApiTags('Network addresses')
@Controller('v1/network/reservations')
export class ReservationsController {
  constructor(private readonly reservations: Reservations) {}

  @Get()
  @Operation({
    access: 'ipam.read',
    summary: 'List reserved addresses and prefixes',
    response: schema.reservationsShape,
    example: { reservations: [schema.reservationExample], pagination: ONE_PAGE },
  })
  async listReservations(
    @CurrentActor() actor: Actor,
    @QueryString(schema.reservationsQuery) query: schema.ReservationsQuery,
  ) {
    const filter = { customerId: query.customer_id, serviceId: query.service_id, vrfId: query.vrf_id };
    const { rows, total } = await this.reservations.list(actor, filter, sliceOf(query));
    return listOf('reservations', rows.map(presentReservation), total, query);
  }

  @Get(':reservation_id')
  @Operation({
    access: 'ipam.read',
    summary: 'Read a reservation',
    response: schema.reservationShape,
    example: schema.reservationExample,
    errors: ['not_found'],
  })
  async getReservation(@CurrentActor() actor: Actor, @PathParam('reservation_id', intId) id: number) {
    return presentReservation(await this.reservations.get(actor, id));
  }

  @Post()
  @Operation({
    access: 'ipam.manage',
    summary: 'Reserve an address or an IPv6 prefix for a customer or a service',
    description:
      'It goes to nobody else, and to the one it is kept for before any other. Of IPv6 a whole unit of a pool is kept: the ' +
      'prefix of a link, or a delegated one; a service that needs both, and an IPv4 address, has three reservations.',
    status: 201,
    response: schema.reservationShape,
    example: schema.reservationExample,
    requestExample: { address: '192.168.1.100', service_id: 456, note: 'Mail server' },
    errors: ['conflict', 'unprocessable'],
  })
  async createReservation(
    @CurrentActor() actor: Actor,
    @JsonBody(schema.createReservationBody) body: schema.CreateReservationBody,
  ) {
    const { vrf_id: vrfId, customer_id: customerId, service_id: serviceId, ...rest } = body;
    const made = await this.reservations.reserve({ actor, vrfId, customerId, serviceId, ...rest });
    return createdAt(`/v1/network/reservations/${made.id}`, presentReservation(made));
  }

  @Delete(':reservation_id')
  @Operation({
    access: 'ipam.manage',
    summary: 'Give a reserved address back',
    description: 'Whoever has it in use keeps it.',
    status: 204,
    errors: ['not_found'],
  })
  deleteReservation(@CurrentActor() actor: Actor, @PathParam('reservation_id', intId) id: number) {
    return this.reservations.remove(actor, id);
  }
}

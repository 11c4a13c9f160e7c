import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, createdAt, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { Absences, Rosters } from '@isp/domain/workforce';
import { listOf, sliceOf } from '../lists.js';
import { presentAbsence, presentRosters } from './technician.presenter.js';
import * as schema from './technician.schema.js';

@ApiTags('Workforce')
@Controller('v1/technicians/:technician_id')
export class ShiftsController {
  constructor(
    private readonly rosters: Rosters,
    private readonly absences: Absences,
  ) {}

  @Get('rosters')
  @Operation({
    access: 'workforce.read',
    summary: 'List the hours that a technician works, the latest roster first',
    response: schema.rostersShape,
    example: schema.rostersExample,
    errors: ['not_found'],
  })
  async listRosters(@CurrentActor() actor: Actor, @PathParam('technician_id', intId) id: number) {
    return presentRosters(await this.rosters.list(actor, id));
  }

  @Put('rosters')
  @Operation({
    access: 'workforce.manage',
    summary: 'Set the hours that a technician works from a day on',
    description:
      'They hold until another roster begins; one that began the same day is replaced, and without hours nobody works. ' +
      'Appointments that lie outside stay.',
    response: schema.rostersShape,
    example: schema.rostersExample,
    requestExample: schema.rosterExample,
    errors: ['not_found'],
  })
  async setRoster(
    @CurrentActor() actor: Actor,
    @PathParam('technician_id', intId) id: number,
    @JsonBody(schema.rosterBody) { valid_from: validFrom, hours }: schema.RosterBody,
  ) {
    return presentRosters(await this.rosters.set(actor, id, { validFrom, hours }));
  }

  @Get('absences')
  @Operation({
    access: 'workforce.read',
    summary: 'List when a technician is away, in order',
    response: schema.absencesShape,
    example: { absences: [schema.absenceExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
    errors: ['not_found'],
  })
  async listAbsences(
    @CurrentActor() actor: Actor,
    @PathParam('technician_id', intId) id: number,
    @QueryString(schema.absencesQuery) query: schema.AbsencesQuery,
  ) {
    const { rows, total } = await this.absences.list(actor, id, query, sliceOf(query));
    return listOf('absences', rows.map(presentAbsence), total, query);
  }

  @Post('absences')
  @Operation({
    access: 'workforce.manage',
    summary: 'Say when a technician is away',
    description: 'Appointments that lie within stay: the day of the technician shows them.',
    status: 201,
    response: schema.absenceShape,
    example: schema.absenceExample,
    requestExample: schema.newAbsenceExample,
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async addAbsence(
    @CurrentActor() actor: Actor,
    @PathParam('technician_id', intId) id: number,
    @JsonBody(schema.absenceBody) { kind, starts_at: startsAt, ends_at: endsAt, note }: schema.AbsenceBody,
  ) {
    const made = await this.absences.add(actor, id, { kind, startsAt, endsAt, note });
    return createdAt(`/v1/technicians/${id}/absences`, presentAbsence(made));
  }

  @Delete('absences/:absence_id')
  @Operation({
    access: 'workforce.manage',
    summary: 'Take an absence back',
    status: 204,
    errors: ['not_found'],
  })
  async removeAbsence(
    @CurrentActor() actor: Actor,
    @PathParam('technician_id', intId) id: number,
    @PathParam('absence_id', intId) absenceId: number,
  ) {
    await this.absences.remove(actor, id, absenceId);
  }
}

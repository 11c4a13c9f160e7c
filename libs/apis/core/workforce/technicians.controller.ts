import { Controller, Get, Patch, Post } from '@nestjs/common';
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
import { ChangeTechnician } from '@isp/domain/work-orders';
import { KeepTechnicians, TechnicianQueries } from '@isp/domain/workforce';
import { listOf, sliceOf } from '../lists.js';
import { presentTechnician } from './technician.presenter.js';
import * as schema from './technician.schema.js';

@ApiTags('Workforce')
@Controller('v1/technicians')
export class TechniciansController {
  constructor(
    private readonly technicians: TechnicianQueries,
    private readonly keep: KeepTechnicians,
    private readonly changing: ChangeTechnician,
  ) {}

  @Get()
  @Operation({
    access: 'workforce.read',
    summary: 'List technicians, by name',
    description: '`area_id` finds those who go there, also those who go everywhere.',
    response: schema.techniciansShape,
    example: { technicians: [schema.technicianExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
  })
  async list(@CurrentActor() actor: Actor, @QueryString(schema.techniciansQuery) query: schema.TechniciansQuery) {
    const { status, skill, area_id: areaId, q } = query;
    const { rows, total } = await this.technicians.list(actor, { status, skill, areaId, q }, sliceOf(query));
    return listOf('technicians', rows.map(presentTechnician), total, query);
  }

  @Post()
  @Operation({
    access: 'workforce.manage',
    summary: 'Add a technician',
    description: 'Who works from when on is told by a roster.',
    status: 201,
    response: schema.technicianShape,
    example: schema.technicianExample,
    requestExample: schema.newTechnicianExample,
    errors: ['conflict', 'unprocessable'],
  })
  async add(@CurrentActor() actor: Actor, @JsonBody(schema.newTechnicianBody) body: schema.NewTechnicianBody) {
    const { name, time_zone: timeZone, user_id: userId = null, area_ids: areaIds = [], ...rest } = body;
    const { email = null, phone = null, home = null, skills = [], status = 'active' } = rest;
    const terms = { name, timeZone, userId, areaIds, email, phone, home, skills, status };
    const made = await this.keep.add(actor, terms);
    return createdAt(`/v1/technicians/${made.id}`, presentTechnician(made));
  }

  @Get(':technician_id')
  @Operation({
    access: 'workforce.read',
    summary: 'Read a technician',
    response: schema.technicianShape,
    example: schema.technicianExample,
    errors: ['not_found'],
  })
  async read(@CurrentActor() actor: Actor, @PathParam('technician_id', intId) id: number) {
    const technician = await this.technicians.get(actor, id);
    return versioned(technician.version, presentTechnician(technician));
  }

  @Patch(':technician_id')
  @Operation({
    access: 'workforce.manage',
    summary: 'Change a technician',
    description:
      'Whoever is made inactive gets no new work. While appointments are ahead of them that is refused, with a list of these ' +
      'in `details`, unless `reassign` is true: then they are cancelled, and their work orders are to be assigned anew.',
    response: schema.technicianShape,
    example: { ...schema.technicianExample, status: 'inactive', version: 2 },
    requestExample: { status: 'inactive' },
    errors: ['not_found', 'conflict', 'unprocessable', 'precondition_failed'],
  })
  async change(
    @CurrentActor() actor: Actor,
    @PathParam('technician_id', intId) id: number,
    @IfMatch() ifMatch: number | undefined,
    @JsonBody(schema.changeTechnicianBody) body: schema.ChangeTechnicianBody,
  ) {
    const { time_zone: timeZone, user_id: userId, area_ids: areaIds, reassign, ...rest } = body;
    const changes = { timeZone, userId, areaIds, ...rest };
    const technician = await this.changing.execute({ actor, technicianId: id, ifMatch, changes, reassign });
    return versioned(technician.version, presentTechnician(technician));
  }
}

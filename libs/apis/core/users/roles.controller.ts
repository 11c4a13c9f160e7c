import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, Operation } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { RoleQueries } from '@isp/domain/access';
import * as schema from './user.schema.js';

@ApiTags('Users')
@Controller('v1/roles')
export class RolesController {
  constructor(private readonly roles: RoleQueries) {}

  @Get()
  @Operation({
    access: 'user.read',
    summary: 'List the roles and what they may do',
    response: schema.rolesShape,
    example: { roles: [schema.roleExample] },
  })
  async listRoles(@CurrentActor() actor: Actor) {
    return { roles: await this.roles.list(actor) };
  }
}

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
import { CreateUser, SetUserPassword, SetUserStatus, UpdateUser, UserQueries, type UserView } from '@isp/domain/access';
import { listOf, sliceOf } from '../lists.js';
import { presentUser } from './user.presenter.js';
import * as schema from './user.schema.js';

@ApiTags('Users')
@Controller('v1/users')
export class UsersController {
  constructor(
    private readonly create: CreateUser,
    private readonly update: UpdateUser,
    private readonly setStatus: SetUserStatus,
    private readonly setPassword: SetUserPassword,
    private readonly users: UserQueries,
  ) {}

  @Post()
  @Operation({
    access: 'user.manage',
    summary: 'Create a user',
    description: 'Nobody can give a role with permissions, or a reach, that they do not have themselves.',
    status: 201,
    response: schema.userShape,
    example: schema.userExample,
    requestExample: schema.createUserExample,
    errors: ['forbidden', 'not_found', 'conflict', 'unprocessable', 'unavailable'],
  })
  async createUser(@CurrentActor() actor: Actor, @JsonBody(schema.createUserBody) body: schema.CreateUserBody) {
    const { full_name: fullName, partner_id: partnerId, ...rest } = body;
    const user = await this.create.execute({ actor, ...rest, fullName, partnerId });
    return createdAt(`/v1/users/${user.id}`, presentUser(user));
  }

  @Get()
  @Operation({
    access: 'user.read',
    summary: 'List users',
    response: schema.usersShape,
    example: { users: [schema.userExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
  })
  async listUsers(@CurrentActor() actor: Actor, @QueryString(schema.usersQuery) query: schema.UsersQuery) {
    const { status, role, customers, search: q, partner_id: partnerId } = query;
    const { rows, total } = await this.users.list(actor, { status, role, customers, q, partnerId }, sliceOf(query));
    return listOf('users', rows.map(presentUser), total, query);
  }

  @Get(':user_id')
  @Operation({
    access: 'user.read',
    summary: 'Read a user',
    response: schema.userShape,
    example: schema.userExample,
    errors: ['not_found'],
  })
  async getUser(@CurrentActor() actor: Actor, @PathParam('user_id', intId) id: number) {
    return answer(await this.users.get(actor, id));
  }

  @Patch(':user_id')
  @Operation({
    access: 'user.manage',
    summary: 'Change a user',
    description:
      'New roles act within 2 seconds. Nobody can change their own roles, or a user who may do more than they.',
    response: schema.userShape,
    example: schema.userExample,
    requestExample: { roles: ['noc'] },
    errors: ['forbidden', 'not_found', 'conflict', 'precondition_failed', 'unprocessable'],
  })
  async changeUser(
    @CurrentActor() actor: Actor,
    @PathParam('user_id', intId) id: number,
    @JsonBody(schema.updateUserBody) body: schema.UpdateUserBody,
    @IfMatch() expectedVersion: number | undefined,
  ) {
    const { email, full_name: fullName, roles } = body;
    return answer(await this.update.execute({ actor, id, expectedVersion, email, fullName, roles }));
  }

  @Post(':user_id/disable')
  @Operation({
    access: 'user.manage',
    summary: 'Disable a user',
    description: 'Ends all sessions of the user within 2 seconds.',
    response: schema.userShape,
    example: { ...schema.userExample, status: 'disabled' },
    errors: ['forbidden', 'not_found', 'precondition_failed'],
  })
  async disableUser(
    @CurrentActor() actor: Actor,
    @PathParam('user_id', intId) id: number,
    @IfMatch() expectedVersion: number | undefined,
  ) {
    await this.setStatus.execute({ actor, id, expectedVersion, status: 'disabled' });
    return answer(await this.users.get(actor, id));
  }

  @Post(':user_id/enable')
  @Operation({
    access: 'user.manage',
    summary: 'Enable a user again',
    response: schema.userShape,
    example: schema.userExample,
    errors: ['forbidden', 'not_found', 'precondition_failed'],
  })
  async enableUser(
    @CurrentActor() actor: Actor,
    @PathParam('user_id', intId) id: number,
    @IfMatch() expectedVersion: number | undefined,
  ) {
    await this.setStatus.execute({ actor, id, expectedVersion, status: 'active' });
    return answer(await this.users.get(actor, id));
  }

  @Post(':user_id/password')
  @Operation({
    access: 'user.manage',
    summary: "Set a user's password",
    description: 'Ends all sessions of the user within 2 seconds.',
    status: 204,
    requestExample: { password: 'correct horse battery staple' },
    errors: ['forbidden', 'not_found', 'unprocessable', 'unavailable'],
  })
  async resetPassword(
    @CurrentActor() actor: Actor,
    @PathParam('user_id', intId) id: number,
    @JsonBody(schema.setPasswordBody) body: schema.SetPasswordBody,
  ) {
    await this.setPassword.execute({ actor, id, password: body.password });
  }
}

function answer(user: UserView) {
  return versioned(user.version, presentUser(user));
}

import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, Operation, PathParam, QueryString, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { AuthAttempts, RadiusSessions, RevealCredentials, RotateCredentials } from '@isp/domain/network';
import { toIsoSeconds } from '@isp/kernel';
import { listOf, sliceOf } from '../lists.js';
import { presentAttempt, presentSession } from './session.presenter.js';
import * as schema from './session.schema.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };

@ApiTags('Network')
@Controller('v1')
export class SessionsController {
  constructor(
    private readonly sessions: RadiusSessions,
    private readonly attempts: AuthAttempts,
    private readonly reveal: RevealCredentials,
    private readonly rotate: RotateCredentials,
  ) {}

  @Get('network/sessions')
  @Operation({
    access: 'session.read',
    summary: 'List sessions of the network, newest first',
    description:
      'Sessions of user names that nobody knows are shown to the operator alone. `framed_ip_address` with `at`: whose ' +
      'session had the address at that instant. Sessions that ended more than 90 days ago are in an archive, and shown ' +
      'where `username`, `service_id` or `framed_ip_address` is given.',
    response: schema.sessionsShape,
    example: { sessions: [schema.sessionExample], pagination: PAGINATION },
  })
  async listSessions(
    @CurrentActor() actor: Actor,
    @QueryString(schema.networkSessionsQuery) query: schema.NetworkSessionsQuery,
  ) {
    const filter = {
      open: query.state && query.state === 'open',
      nasAddress: query.nas_address,
      username: query.username,
      serviceId: query.service_id,
      framedAddress: query.framed_ip_address,
      at: query.at,
    };
    const { rows, total } = await this.sessions.list(actor, filter, sliceOf(query));
    return listOf('sessions', rows.map(presentSession), total, query);
  }

  @Get('services/:service_id/sessions')
  @Operation({
    access: 'session.read',
    summary: 'List the sessions of a service, newest first',
    description: '`from` and `to`: sessions that were up at some time between them.',
    response: schema.sessionsShape,
    example: { sessions: [schema.sessionExample], pagination: PAGINATION },
    errors: ['not_found'],
  })
  async listServiceSessions(
    @CurrentActor() actor: Actor,
    @PathParam('service_id', intId) serviceId: number,
    @QueryString(schema.serviceSessionsQuery) query: schema.ServiceSessionsQuery,
  ) {
    const filter = { open: query.state && query.state === 'open', from: query.from, to: query.to };
    const { rows, total } = await this.sessions.ofService(actor, serviceId, filter, sliceOf(query));
    return listOf('sessions', rows.map(presentSession), total, query);
  }

  @Get('services/:service_id/auth-attempts')
  @Operation({
    access: 'session.read',
    summary: 'List the attempts of a service to log in, newest first',
    description: 'Kept for 90 days at least.',
    response: schema.attemptsShape,
    example: { auth_attempts: [schema.attemptExample], pagination: PAGINATION },
    errors: ['not_found'],
  })
  async listAuthAttempts(
    @CurrentActor() actor: Actor,
    @PathParam('service_id', intId) serviceId: number,
    @QueryString(schema.attemptsQuery) query: schema.AttemptsQuery,
  ) {
    const filter = { accepted: query.result && query.result === 'accepted', from: query.from, to: query.to };
    const { rows, total } = await this.attempts.ofService(actor, serviceId, filter, sliceOf(query));
    return listOf('auth_attempts', rows.map(presentAttempt), total, query);
  }

  @Get('services/:service_id/credentials')
  @Operation({
    access: 'credential.reveal',
    summary: 'Show what the equipment of a service logs in with',
    description: 'That it was shown, and to whom, is in the audit trail.',
    response: schema.credentialsShape,
    example: { service_id: 456, username: schema.sessionExample.username, password: 'q5w8Zt1xY0bKc2Vn' },
    errors: ['not_found'],
    secret: true,
  })
  async getCredentials(@CurrentActor() actor: Actor, @PathParam('service_id', intId) serviceId: number) {
    const credentials = await this.reveal.execute(actor, serviceId);
    return { service_id: serviceId, ...credentials };
  }

  @Post('services/:service_id/credentials/rotate')
  @Operation({
    access: 'credential.rotate',
    summary: 'Give a service a new password',
    description: 'A session that is up goes on; the next log-in needs the new password, which the credentials show.',
    response: schema.rotatedShape,
    example: { service_id: 456, username: schema.sessionExample.username, rotated_at: '2025-01-29T10:30:00Z' },
    errors: ['not_found'],
  })
  async rotateCredentials(@CurrentActor() actor: Actor, @PathParam('service_id', intId) serviceId: number) {
    const { username, rotatedAt } = await this.rotate.execute(actor, serviceId);
    return { service_id: serviceId, username, rotated_at: toIsoSeconds(rotatedAt) };
  }
}

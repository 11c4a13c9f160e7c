import { Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  CurrentActor,
  JsonBody,
  Operation,
  PathParam,
  QueryString,
  createdAt,
  intId,
  versioned,
} from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { ApiKeyQueries, CreateApiKey, RevokeApiKey, RotateApiKey } from '@isp/domain/access';
import { listOf, sliceOf } from '../lists.js';
import { presentApiKey, presentIssuedApiKey } from './api-key.presenter.js';
import * as schema from './api-key.schema.js';

@ApiTags('API keys')
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(
    private readonly create: CreateApiKey,
    private readonly rotate: RotateApiKey,
    private readonly revoke: RevokeApiKey,
    private readonly keys: ApiKeyQueries,
  ) {}

  @Post()
  @Operation({
    access: 'api_key.manage',
    summary: 'Issue an API key',
    description:
      'The answer shows the whole key, once. A key never has scopes, or a reach, that its maker does not have.',
    status: 201,
    response: schema.issuedApiKeyShape,
    example: schema.issuedApiKeyExample,
    requestExample: schema.createApiKeyExample,
    errors: ['forbidden', 'not_found', 'unprocessable'],
    secret: true,
  })
  async createKey(@CurrentActor() actor: Actor, @JsonBody(schema.createApiKeyBody) body: schema.CreateApiKeyBody) {
    const { expires_at: expiresAt, partner_id: partnerId, ...rest } = body;
    const issued = await this.create.execute({ actor, ...rest, expiresAt, partnerId });
    return createdAt(`/v1/api-keys/${issued.apiKey.id}`, presentIssuedApiKey(issued));
  }

  @Get()
  @Operation({
    access: 'api_key.read',
    summary: 'List API keys, newest first',
    response: schema.apiKeysShape,
    example: { api_keys: [schema.apiKeyExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
  })
  async listKeys(@CurrentActor() actor: Actor, @QueryString(schema.apiKeysQuery) query: schema.ApiKeysQuery) {
    const { rows, total } = await this.keys.list(actor, { partnerId: query.partner_id }, sliceOf(query));
    return listOf('api_keys', rows.map(presentApiKey), total, query);
  }

  @Get(':api_key_id')
  @Operation({
    access: 'api_key.read',
    summary: 'Read an API key',
    response: schema.apiKeyShape,
    example: schema.apiKeyExample,
    errors: ['not_found'],
  })
  async getKey(@CurrentActor() actor: Actor, @PathParam('api_key_id', intId) id: number) {
    const key = await this.keys.get(actor, id);
    return versioned(key.version, presentApiKey(key));
  }

  @Post(':api_key_id/rotate')
  @Operation({
    access: 'api_key.manage',
    summary: 'Replace an API key',
    description:
      'Answers a new key with the same rights, once. The old one works on for `overlap_hours`; 0 ends it at once.',
    status: 201,
    response: schema.issuedApiKeyShape,
    example: schema.issuedApiKeyExample,
    requestExample: { overlap_hours: 24 },
    errors: ['forbidden', 'not_found', 'conflict'],
    secret: true,
  })
  async rotateKey(
    @CurrentActor() actor: Actor,
    @PathParam('api_key_id', intId) id: number,
    @JsonBody(schema.rotateApiKeyBody) body: schema.RotateApiKeyBody,
  ) {
    const issued = await this.rotate.execute({ actor, id, overlapHours: body.overlap_hours });
    return createdAt(`/v1/api-keys/${issued.apiKey.id}`, presentIssuedApiKey(issued));
  }

  @Delete(':api_key_id')
  @Operation({
    access: 'api_key.manage',
    summary: 'Revoke an API key',
    description: 'It is refused everywhere within 2 seconds. The record of it stays.',
    status: 204,
    errors: ['not_found'],
  })
  async revokeKey(@CurrentActor() actor: Actor, @PathParam('api_key_id', intId) id: number) {
    await this.revoke.execute({ actor, id });
  }
}

import { Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, createdAt, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { ApiKeyQueries, type ApiKeyView, IssuePartnerToken, RevokeApiKey } from '@isp/domain/access';
import { PartnerQueries } from '@isp/domain/partners';
import { toIsoSeconds } from '@isp/kernel';
import { listOf, sliceOf } from '../lists.js';
import * as schema from './partner-token.schema.js';

/** What the operator hands an ISP for the wholesale API. Its kind is that of an API key: there is no second one. */
@ApiTags('Partners')
@Controller('v1/partners/:partner_id/tokens')
export class PartnerTokensController {
  constructor(
    private readonly issue: IssuePartnerToken,
    private readonly revoke: RevokeApiKey,
    private readonly keys: ApiKeyQueries,
    private readonly partners: PartnerQueries,
  ) {}

  @Post()
  @Operation({
    access: 'partner.manage',
    summary: 'Issue a token for the wholesale API to an ISP',
    description: 'A bearer (or `X-API-Key`) of the wholesale API. The answer shows it, once.',
    status: 201,
    response: schema.issuedTokenShape,
    example: schema.issuedTokenExample,
    requestExample: schema.createTokenExample,
    errors: ['not_found', 'unprocessable'],
    secret: true,
  })
  async createToken(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @JsonBody(schema.createTokenBody) body: schema.CreateTokenBody,
  ) {
    const { expires_at: expiresAt, ...rest } = body;
    const { apiKey, secret } = await this.issue.execute({ actor, partnerId, expiresAt, ...rest });
    return createdAt(`/v1/partners/${partnerId}/tokens`, { ...present(apiKey), token: secret });
  }

  @Get()
  @Operation({
    access: 'partner.manage',
    summary: "List an ISP's tokens, newest first",
    description: 'Also those that it made itself under `/v1/api-keys`.',
    response: schema.tokensShape,
    example: { tokens: [schema.tokenExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
    errors: ['not_found'],
  })
  async listTokens(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @QueryString(schema.tokensQuery) query: schema.TokensQuery,
  ) {
    await this.partners.get(actor, partnerId);
    const { rows, total } = await this.keys.list(actor, { partnerId }, sliceOf(query));
    return listOf('tokens', rows.map(present), total, query);
  }

  @Delete(':token_id')
  @Operation({
    access: 'partner.manage',
    summary: "Revoke an ISP's token",
    description: 'It is refused everywhere within 2 seconds. The record of it stays.',
    status: 204,
    errors: ['not_found'],
  })
  async revokeToken(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @PathParam('token_id', intId) id: number,
  ) {
    await this.revoke.execute({ actor, id, partnerId });
  }
}

function present(key: ApiKeyView) {
  const timeOrNull = (instant: Date | null): string | null => instant && toIsoSeconds(instant);
  return {
    id: key.id,
    partner_id: key.partnerId,
    name: key.name,
    masked_token: key.masked,
    status: key.status,
    scopes: key.scopes,
    expires_at: timeOrNull(key.expiresAt),
    revoked_at: timeOrNull(key.revokedAt),
    last_used_at: timeOrNull(key.lastUsedAt),
    created_by: key.createdBy,
    created_at: toIsoSeconds(key.createdAt),
  };
}

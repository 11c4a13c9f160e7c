import { Controller, Headers, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { JsonBody, Operation } from '@isp/apis/shared';
import { ExchangeClientCredentials } from '@isp/domain/access';
import { presentClientToken } from './auth.presenter.js';
import { clientOf } from './client-credentials.js';
import * as schema from './auth.schema.js';

@ApiTags('Authentication')
@Controller('v1/oauth')
export class OauthController {
  constructor(private readonly exchange: ExchangeClientCredentials) {}

  @Post('token')
  @Operation({
    access: 'public',
    summary: 'OAuth 2.0 client credentials: an access token for an API key',
    description:
      "`client_id` is the API key's public id, `client_secret` the whole key; they come in the body (JSON or a form) or by HTTP Basic. The token ends with the key.",
    response: schema.clientTokenShape,
    example: schema.clientTokenExample,
    requestExample: {
      grant_type: 'client_credentials',
      client_id: 'AbCd1234',
      client_secret: 'test_isp_AbCd1234…',
      scope: 'customer.read service.read',
    },
    errors: ['unauthenticated', 'unprocessable'],
    secret: true,
  })
  async token(@JsonBody(schema.tokenBody) body: schema.TokenBody, @Headers('authorization') authorization?: string) {
    return presentClientToken(await this.exchange.execute({ ...clientOf(body, authorization), scope: body.scope }));
  }
}

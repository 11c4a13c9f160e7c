import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  type Caller,
  Client,
  type ClientInfo,
  CurrentActor,
  CurrentCaller,
  JsonBody,
  Operation,
} from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { ChangePassword, Login, Logout, Refresh, WhoAmI } from '@isp/domain/access';
import { presentCaller, presentTokens } from './auth.presenter.js';
import * as schema from './auth.schema.js';

@ApiTags('Authentication')
@Controller('v1/auth')
export class AuthController {
  constructor(
    private readonly login: Login,
    private readonly refresh: Refresh,
    private readonly logout: Logout,
    private readonly changePassword: ChangePassword,
    private readonly whoAmI: WhoAmI,
  ) {}

  @Post('login')
  @Operation({
    access: 'public',
    summary: 'Sign in',
    description:
      'Five wrong passwords from one address within 15 minutes lock the account for that address; the answer stays the same. The access token lasts 10 minutes, the session 7 days without use and 30 days at most.',
    response: schema.tokensShape,
    example: schema.tokensExample,
    requestExample: schema.loginExample,
    errors: ['unauthenticated', 'unavailable'],
    secret: true,
  })
  async signIn(@JsonBody(schema.loginBody) body: schema.LoginBody, @Client() client: ClientInfo) {
    return presentTokens(await this.login.execute({ ...body, ...client }));
  }

  @Post('refresh')
  @Operation({
    access: 'public',
    summary: 'Exchange a refresh token for new tokens',
    description:
      'A refresh token works once. Using it again ends the session, except that a client which lost the answer may repeat the call within 10 seconds.',
    response: schema.tokensShape,
    example: schema.tokensExample,
    requestExample: { refresh_token: schema.tokensExample.refresh_token },
    errors: ['unauthenticated'],
    secret: true,
  })
  async renew(@JsonBody(schema.refreshBody) body: schema.RefreshBody, @Client() client: ClientInfo) {
    return presentTokens(await this.refresh.execute({ refreshToken: body.refresh_token, ...client }));
  }

  @Post('logout')
  @Operation({
    access: 'authenticated',
    summary: 'End the session',
    description: 'Its access and refresh tokens are refused within 2 seconds.',
    status: 204,
  })
  async signOut(@CurrentCaller() caller: Caller) {
    await this.logout.execute({ actor: caller.actor, sessionId: caller.credential.sessionId });
  }

  @Get('me')
  @Operation({
    access: 'authenticated',
    summary: 'Who the caller is and what it may do',
    response: schema.callerShape,
    example: schema.callerExample,
  })
  async me(@CurrentActor() actor: Actor) {
    return presentCaller(await this.whoAmI.execute(actor));
  }

  @Post('password')
  @Operation({
    access: 'authenticated',
    summary: "Change one's own password",
    description: 'Ends all other sessions of the user.',
    status: 204,
    requestExample: { current_password: 'correct horse battery staple', new_password: 'another four words here' },
    errors: ['forbidden', 'unprocessable', 'unavailable'],
  })
  async password(
    @CurrentCaller() caller: Caller,
    @Client() client: ClientInfo,
    @JsonBody(schema.passwordBody) body: schema.PasswordBody,
  ) {
    await this.changePassword.execute({
      actor: caller.actor,
      sessionId: caller.credential.sessionId,
      address: client.address,
      currentPassword: body.current_password,
      newPassword: body.new_password,
    });
  }
}

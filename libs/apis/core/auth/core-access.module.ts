import { Module } from '@nestjs/common';
import { AccessModule } from '@isp/domain/access';
import { ApiKeysController } from '../api-keys/api-keys.controller.js';
import { RolesController } from '../users/roles.controller.js';
import { UsersController } from '../users/users.controller.js';
import { AuthController } from './auth.controller.js';
import { OauthController } from './oauth.controller.js';

@Module({
  imports: [AccessModule],
  controllers: [AuthController, OauthController, UsersController, RolesController, ApiKeysController],
})
export class CoreAccessModule {}

import { Global, Module } from '@nestjs/common';
import { ApiKeyHasher } from './api-keys/api-key-hasher.js';
import { ApiKeyQueries } from './api-keys/api-key.queries.js';
import { ApiKeyRepository } from './api-keys/api-key.repository.js';
import { ApiKeyUse } from './api-keys/api-key-use.js';
import { CreateApiKey } from './api-keys/create-api-key.usecase.js';
import { IssuePartnerToken } from './api-keys/issue-partner-token.usecase.js';
import { RevokeApiKey } from './api-keys/revoke-api-key.usecase.js';
import { RotateApiKey } from './api-keys/rotate-api-key.usecase.js';
import { Authenticate } from './authentication/authenticate.js';
import { CredentialStates } from './authentication/credential-states.js';
import { VerifyPartner } from './partners/verify-partner.usecase.js';
import { RoleQueries } from './roles/role.queries.js';
import { LoginAttempts } from './sessions/login-attempts.js';
import { Login } from './sessions/login.usecase.js';
import { Logout } from './sessions/logout.usecase.js';
import { PurgeSessions } from './sessions/purge-sessions.usecase.js';
import { Refresh } from './sessions/refresh.usecase.js';
import { RevokePartnerAccess } from './sessions/revoke-partner-access.usecase.js';
import { SessionRepository } from './sessions/session.repository.js';
import { AccessTokens } from './tokens/access-tokens.js';
import { ExchangeClientCredentials } from './tokens/exchange-client-credentials.usecase.js';
import { RotateSigningKeys } from './tokens/rotate-signing-keys.usecase.js';
import { SigningKeys } from './tokens/signing-keys.js';
import { ChangePassword } from './users/change-password.usecase.js';
import { CreateUser } from './users/create-user.usecase.js';
import { GrantGuard } from './users/grant-guard.js';
import { NamedActors } from './users/named-actors.js';
import { NewPassword } from './users/new-password.js';
import { SetCustomerPassword } from './users/set-customer-password.usecase.js';
import { SetUserPassword } from './users/set-user-password.usecase.js';
import { SetUserStatus } from './users/set-user-status.usecase.js';
import { SyncCustomerUser } from './users/sync-customer-user.usecase.js';
import { UpdateUser } from './users/update-user.usecase.js';
import { UserQueries } from './users/user.queries.js';
import { UserRepository } from './users/user.repository.js';
import { WhoAmI } from './users/who-am-i.usecase.js';

const inside = [
  AccessTokens,
  ApiKeyHasher,
  ApiKeyRepository,
  ApiKeyUse,
  CredentialStates,
  GrantGuard,
  LoginAttempts,
  NewPassword,
  SessionRepository,
  SigningKeys,
  UserRepository,
];
const doors = [
  ApiKeyQueries,
  Authenticate,
  ChangePassword,
  CreateApiKey,
  CreateUser,
  ExchangeClientCredentials,
  IssuePartnerToken,
  Login,
  Logout,
  NamedActors,
  PurgeSessions,
  Refresh,
  RevokeApiKey,
  RevokePartnerAccess,
  RoleQueries,
  RotateApiKey,
  RotateSigningKeys,
  SetCustomerPassword,
  SetUserPassword,
  SetUserStatus,
  SyncCustomerUser,
  UpdateUser,
  UserQueries,
  VerifyPartner,
  WhoAmI,
];

/** Who may come in. Needs the audit, configuration, crypto, database and logging modules, which are global. */
@Global()
@Module({ providers: [...inside, ...doors], exports: doors })
export class AccessModule {}

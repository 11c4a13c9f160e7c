import { Global, Module } from '@nestjs/common';
import { CONFIG, type Config } from '@isp/platform/config';
import { parseKeyring } from './keyring.js';
import { PasswordHasher } from './password-hasher.js';
import { SecretBox } from './secret-box.js';

/** Secrets at rest under the master keys of the configuration, and password hashing with its own queue. */
@Global()
@Module({
  providers: [
    {
      provide: SecretBox,
      useFactory: (config: Config) => new SecretBox(parseKeyring(config.ISP_MASTER_KEYS)),
      inject: [CONFIG],
    },
    { provide: PasswordHasher, useFactory: () => new PasswordHasher() },
  ],
  exports: [SecretBox, PasswordHasher],
})
export class CryptoModule {}

export { deriveKey, hmacSha256Hex, timingSafeEqualText } from './digest.js';
export { parseKeyring } from './keyring.js';
export type { Keyring } from './keyring.js';
export { PasswordHasher } from './password-hasher.js';
export type { PasswordHasherOptions } from './password-hasher.js';
export { SecretBox } from './secret-box.js';
export type { SecretContext } from './secret-box.js';
export * from './crypto.module.js';

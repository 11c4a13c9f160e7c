import { ApiKeyEntity } from './api-keys/api-key.entity.js';
import { UserEntity } from './users/user.entity.js';

/** For the data source. */
export const accessEntities = [ApiKeyEntity, UserEntity] as const;

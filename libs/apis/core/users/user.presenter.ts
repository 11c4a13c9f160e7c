import type { UserView } from '@isp/domain/access';
import { toIsoSeconds } from '@isp/kernel';

export function presentUser(user: UserView) {
  return {
    id: user.id,
    username: user.username,
    email: user.email,
    full_name: user.fullName,
    roles: user.roles,
    status: user.status,
    partner_id: user.partnerId,
    customer_id: user.customerId,
    last_login_at: user.lastLoginAt && toIsoSeconds(user.lastLoginAt),
    created_at: toIsoSeconds(user.createdAt),
    updated_at: toIsoSeconds(user.updatedAt),
  };
}

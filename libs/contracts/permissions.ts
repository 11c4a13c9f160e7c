/** Every permission there is; roles and API key scopes are sets of these, kept in data. Named `<resource>.<verb>`. */
export const PERMISSIONS = [
  'customer.read',
  'customer.create',
  'customer.update',
  'customer.suspend',
  'customer.terminate',
  'customer.set_password',
  'plan.read',
  'plan.manage',
  'product.read',
  'service.read',
  'service.create',
  'service.provision',
  'service.update',
  'service.suspend',
  'service.terminate',
  'provisioning_job.read',
  'provisioning_job.manage',
  'ipam.read',
  'ipam.manage',
  'session.read',
  'nas.read',
  'nas.manage',
  'credential.reveal',
  'credential.rotate',
  'device.read',
  'device.manage',
  'webhook.read',
  'webhook.manage',
  'api_key.read',
  'api_key.manage',
  'partner.read',
  'partner.manage',
  'audit.read',
  'user.read',
  'user.manage',
  'queue.manage',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** What an operation demands of its caller: a permission, any signed-in caller, or nothing at all. */
export type AccessRule = Permission | 'authenticated' | 'public';

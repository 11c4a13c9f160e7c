const address = { street: '123 Main St', city: 'Anytown', state: 'CA', zip: '12345' };

export const serviceExample = {
  id: 456,
  customer_id: 123,
  service_type: 'internet',
  plan_id: 1,
  bundle_id: null,
  status: 'pending_activation',
  operational_status: 'pending',
  suspended_for: [] as string[],
  speed_download_mbps: 100,
  speed_upload_mbps: 10,
  data_limit_gb: null,
  static_ip: false,
  static_address: null,
  phone_number: null,
  number_porting: null,
  features: null,
  monthly_fee: 79.99,
  activation_fee: 99,
  currency: 'USD',
  installation_address: address,
  notes: 'Customer requested morning installation',
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:00Z',
  scheduled_activation: '2025-02-01T09:00:00Z',
  activated_at: null as string | null,
  terminated_at: null as string | null,
};

export const activeExample = {
  ...serviceExample,
  status: 'active',
  operational_status: 'running',
  scheduled_activation: null,
  activated_at: '2025-02-01T09:00:12Z',
};
export const suspendedExample = {
  ...activeExample,
  status: 'suspended',
  operational_status: 'stopped',
  suspended_for: ['manual'],
};

const voiceParts = {
  service_type: 'voice',
  plan_id: 9,
  speed_download_mbps: null,
  speed_upload_mbps: null,
  phone_number: '+12025550123',
  number_porting: { from_carrier: 'Old Telephone Co', requested_on: '2025-02-01' },
  features: { caller_id: true, voicemail: true, call_forwarding: false },
};
export const voiceExample = { ...serviceExample, ...voiceParts, monthly_fee: 12.5, activation_fee: 0 };

const free = { monthly_fee: 0, activation_fee: 0, bundle_id: 456 };
export const bundleExample = {
  ...serviceExample,
  service_type: 'bundle',
  plan_id: 10,
  speed_download_mbps: null,
  speed_upload_mbps: null,
  monthly_fee: 84.99,
  services: [
    { ...serviceExample, ...free, id: 457, notes: null },
    { ...voiceExample, ...free, id: 458, notes: null },
  ],
};

export const createInternetExample = {
  plan_id: 1,
  speed_download_mbps: 100,
  speed_upload_mbps: 10,
  data_limit_gb: null,
  static_ip: false,
  installation_address: address,
  notes: 'Customer requested morning installation',
};

export const createVoiceExample = {
  plan_id: 9,
  phone_number: '+12025550123',
  number_porting: { from_carrier: 'Old Telephone Co', requested_on: '2025-02-01' },
  features: { caller_id: true, voicemail: true, call_forwarding: false },
  installation_address: address,
};

export const createBundleExample = {
  plan_id: 10,
  services: [
    { service_type: 'internet', plan_id: 1 },
    { service_type: 'voice', plan_id: 9, features: { voicemail: true } },
  ],
  installation_address: address,
};

export const provisionExample = {
  provisioning_data: { router_id: 1, vlan_id: 100, ip_assignment: '192.168.1.100/24', bandwidth_profile: '100M_10M' },
  priority: 'normal',
};

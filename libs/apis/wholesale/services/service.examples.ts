import { customerExample } from '../customers/customer.example.js';
import { premiseExample } from '../premises/premise.schema.js';
import { workOrderExample } from '../work-orders/work-order.schema.js';

export const fullOrderExample = {
  customer: {
    id: '4348AEF7-AD89-4309-AC29-DCB621C308CF',
    first_name: 'Thandi',
    last_name: 'Nkosi',
    email: 'thandi@example.com',
    username: 'thandi@example.com',
    mobile_number: '+27821234567',
  },
  premise: { external_reference: '287C94C4-0196-4999-9348-15ACC0EE7A0A' },
  service: { product_id: '50726131-B525-4732-A2D5-0B3736CDFB69' },
};

export const placedExample = {
  customer: { id: '4348AEF7-AD89-4309-AC29-DCB621C308CF' },
  premise: { external_reference: '287C94C4-0196-4999-9348-15ACC0EE7A0A' },
  service: { service_id: '533EE0A6-7279-415B-9ED1-191BC406AB9D' },
};

export const orderExample = {
  customer_id: '4348AEF7-AD89-4309-AC29-DCB621C308CF',
  product_id: '50726131-B525-4732-A2D5-0B3736CDFB69',
  premise_id: 'FA8909FA-2C81-450E-AD9F-62A689623896',
};

export const changeServiceExample = {
  isp_reference: 'ISP-4711',
  wifi_username: 'Nkosi',
  wifi_password: 'kettle and toast',
};

export const listedServiceExample = {
  id: '533EE0A6-7279-415B-9ED1-191BC406AB9D',
  customer_id: '4348AEF7-AD89-4309-AC29-DCB621C308CF',
  product_id: '50726131-B525-4732-A2D5-0B3736CDFB69',
  provider_id: '78029096-2916-4773-A281-4F8331A853DB',
  premise_id: 'FA8909FA-2C81-450E-AD9F-62A689623896',
  provisioned_date: null,
  sales_agent: 'Thandeka',
  created_at: '2024-10-16T11:05:30.623+00:00',
  updated_at: '2024-10-16T11:05:30.623+00:00',
  created_by_id: 'E3EA31F9-8F13-E3CF-40FB-4DC8D9ED419E',
  status: 'Pending installation',
};
export const listedServicesExample = { items: [listedServiceExample], page: 1, count: 1, total: 168 };

export const serviceExample = {
  id: '533EE0A6-7279-415B-9ED1-191BC406AB9D',
  customer_id: '4348AEF7-AD89-4309-AC29-DCB621C308CF',
  product_id: '50726131-B525-4732-A2D5-0B3736CDFB69',
  provider_id: '78029096-2916-4773-A281-4F8331A853DB',
  premise_id: 'FA8909FA-2C81-450E-AD9F-62A689623896',
  preorder: false,
  isp_reference: null,
  reference_code: '20241016-399307266',
  port_number: '1',
  pppoe_username: '533ee0a67279415b9ed1191bc406ab9d@isp.internal',
  pppoe_password: 'LKNY0DE1P',
  pppoe_ip_address: '100.64.1.20',
  wifi_username: 'Ripple_ID3Y',
  wifi_password: '30e97e3c78',
  provisioned: true,
  provisioned_date: '2024-10-16 13:07:42 +0200',
  on_network: true,
  on_network_date: '2024-10-16 13:08:02 +0200',
  completed: true,
  completed_date: '2024-10-16 13:07:40 +0200',
  cancelled: false,
  cancelled_date: null,
  expiry_date: null,
  promo_code: null,
  sales_agent: 'Thandeka',
  sales_channel_id: null,
  termination_cause_id: null,
  deleted_at: null,
  created_at: '2024-10-16 13:05:30 +0200',
  auto_configured: true,
  cancellation_reason: null,
  status_id: 4,
  start_date: '2024-10-16 13:07:42 +0200',
  config_info: '<config_info><enable_band_steering>true</enable_band_steering></config_info>',
  suspended_date: null,
  updated_at: '2024-10-16 13:07:42 +0200',
  created_by_id: 'E3EA31F9-8F13-E3CF-40FB-4DC8D9ED419E',
  dhcp_enabled: false,
  rica_validated: null,
  last_network_check: '2024-10-16 13:12:42 +0200',
  level: null,
  service_configuration_id: 1,
  ip_v4_public: null,
  ip_v6_public: null,
  pppoe_v6_address: null,
  deleted_date: null,
  status: 'Active',
  serial_number: 'SIMONT000001',
};
export const customerServicesExample = { items: [serviceExample], total: 1 };

export const fullServiceExample = {
  customer: customerExample,
  premise: premiseExample,
  service: serviceExample,
  work_orders: [workOrderExample],
};

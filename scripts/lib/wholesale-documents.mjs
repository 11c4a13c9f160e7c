/** The fields that the documents of the wholesale API show of each thing, in their order. */
const fieldsOf = (text) => text.trim().split(/\s+/);

export const CUSTOMER =
  fieldsOf(`id parent_id portal_user_id first_name last_name business_name email username mobile_number
  home_number work_number external_reference fno_opt_in isp_opt_in opt_in_ip_address vat_number identity_number
  registration_number billing_address billing_suburb billing_city billing_postal_code billing_province billing_country
  physical_address physical_suburb physical_city physical_postal_code physical_province physical_country
  service_provider_flag fax_number nationality identification_type_id created_at updated_at enabled alternative_number
  preferred_contact_method comments preferred_contact_time`);
export const PREDEFINED =
  fieldsOf(`id guid full_text latitude longitude operator_id premise_id updated_at created_at deleted_at
  area_id`);
export const PRODUCT =
  fieldsOf(`id provider_id name speed_up speed_down min_contract effective_date status type_name provider
  pricing`);
export const PREMISE =
  fieldsOf(`id area_id latitude longitude reference external_reference asset_reference mdu_block mdu_floor
  plot_number street_number street_name intersection suburb city country_code postal_code province mdu_name mdu_unit
  customer_id name type_id created_at updated_at status`);
export const SERVICE = fieldsOf(`id customer_id product_id provider_id premise_id preorder isp_reference reference_code
  port_number pppoe_username pppoe_password pppoe_ip_address wifi_username wifi_password provisioned provisioned_date
  on_network on_network_date completed completed_date cancelled cancelled_date expiry_date promo_code sales_agent
  sales_channel_id termination_cause_id deleted_at created_at auto_configured cancellation_reason status_id start_date
  config_info suspended_date updated_at created_by_id dhcp_enabled rica_validated last_network_check level
  service_configuration_id ip_v4_public ip_v6_public pppoe_v6_address deleted_date`);
export const LISTED = fieldsOf(`id customer_id product_id provider_id premise_id provisioned_date sales_agent created_at
  updated_at created_by_id status`);
export const WORK_ORDER = fieldsOf(`guid id type_id account_id reference on_hold completed_date close_date schedule_date
  schedule_time scheduled_date_time external_reference device_specified category updated_at last_update_date created_at
  start_date status_id assigned_id assigned_user_id installer_id created_by_id disable_auto_wo_creation summary
  description status type service_id installer last_comment assigned assigned_user created_by client_status`);
export const DEVICE =
  fieldsOf(`network pop serial_number gpon_status cpe model last_updated service pop_name alerts alarms
  populated_ports olt_port distance rx_status rx_power sfp_status sfp_power sfp_rx_status sfp_rx_power tx_power
  tx_status switch sfp_sync_speed switch_port`);
export const SESSION = fieldsOf(`session_id username ipaddress acct_start_time acct_stop_time session_time input_octets
  output_octets ipv6_input_octets ipv6_output_octets terminate_cause update_time`);
export const USAGE = fieldsOf(`date bytes_downloaded bytes_uploaded i_pv6_bytes_downloaded i_pv6_bytes_uploaded
  total_bytes_downloaded total_bytes_uploaded`);
export const SNAPSHOT = fieldsOf('service_id customer_name full_address status product last_updated_date');

import { AFTER_SALE } from './access-after-sale.js';

/**
 * Who may call what, and what they get: one row for each operation, one column for each kind of caller, each cell the
 * HTTP status. The operations with an id in the path are called for a thing of the caller's own partner; only
 * `other_customer` and `other_reseller` name a thing that belongs to somebody else, which for them does not exist.
 * `expired` is a token that was good an hour ago, `scoped_key` an API key with the scope `customer.read` alone,
 * `full_key` one with every scope, and `live_key` a key of another environment. Rows are called from top to bottom:
 * readiness comes first, since nobody here does the work that the others ask for.
 */
const TABLE = `
operation                                          anonymous  expired  customer  other_customer  reseller  reseller_read  other_reseller  isp  billing  support  noc  superadmin  scoped_key  full_key  live_key
GET /health/live                                   200        200      200       200             200       200            200             200  200      200      200  200         200         200       200
GET /health/ready                                  200        200      200       200             200       200            200             200  200      200      200  200         200         200       200
POST /v1/customers                                 401        401      403       403             201       403            201             201  403      201      403  201         403         201       401
GET /v1/customers                                  401        401      200       200             200       200            200             200  200      200      200  200         200         200       401
GET /v1/customers/:customer_id                     401        401      200       404             200       200            404             200  200      200      200  200         200         200       401
PATCH /v1/customers/:customer_id                   401        401      403       403             200       403            404             200  200      200      403  200         403         200       401
POST /v1/customers/:customer_id/suspend            401        401      403       403             200       403            404             403  200      200      403  200         403         200       401
POST /v1/customers/:customer_id/reactivate         401        401      403       403             200       403            404             403  200      200      403  200         403         200       401
POST /v1/customers/:customer_id/terminate          401        401      403       403             200       403            404             403  403      403      403  200         403         200       401
POST /v1/customers/:customer_id/password           401        401      403       403             204       403            404             403  403      204      403  204         403         204       401
GET /v1/plans                                      401        401      200       200             200       200            200             200  200      200      200  200         403         200       401
GET /v1/plans/:plan_id                             401        401      200       200             200       200            200             200  200      200      200  200         403         200       401
POST /v1/plans                                     401        401      403       403             403       403            403             403  201      403      403  201         403         201       401
PATCH /v1/plans/:plan_id                           401        401      403       403             403       403            403             403  200      403      403  200         403         200       401
POST /v1/plans/:plan_id/retire                     401        401      403       403             403       403            403             403  200      403      403  200         403         200       401
GET /v1/plans/:plan_id/versions                    401        401      200       200             200       200            200             200  200      200      200  200         403         200       401
GET /v1/plans/:plan_id/versions/:version           401        401      200       200             200       200            200             200  200      200      200  200         403         200       401
GET /v1/bandwidth-profiles                         401        401      200       200             200       200            200             200  200      200      200  200         403         200       401
GET /v1/bandwidth-profiles/:profile_id             401        401      200       200             200       200            200             200  200      200      200  200         403         200       401
POST /v1/bandwidth-profiles                        401        401      403       403             403       403            403             403  201      403      403  201         403         201       401
PATCH /v1/bandwidth-profiles/:profile_id           401        401      403       403             403       403            403             403  200      403      403  200         403         200       401
POST /v1/bandwidth-profiles/:profile_id/retire     401        401      403       403             403       403            403             403  200      403      403  200         403         200       401
POST /v1/partners                                  401        401      403       403             403       403            403             403  403      403      403  201         403         201       401
GET /v1/partners                                   401        401      403       403             200       200            200             200  200      200      403  200         403         200       401
GET /v1/partners/:partner_id                       401        401      403       403             200       200            404             200  200      200      403  200         403         200       401
PATCH /v1/partners/:partner_id                     401        401      403       403             403       403            403             403  403      403      403  200         403         200       401
POST /v1/partners/:partner_id/suspend              401        401      403       403             403       403            403             403  403      403      403  200         403         200       401
POST /v1/partners/:partner_id/reactivate           401        401      403       403             403       403            403             403  403      403      403  200         403         200       401
GET /v1/plans/:plan_id/billing-policy              401  401  200  200  200  200  200  200  200  200  200  200  403  200  401
PATCH /v1/plans/:plan_id/billing-policy            401  401  403  403  403  403  403  403  200  403  403  200  403  200  401
GET /v1/services/:service_id/health  401  401  200  404  200  200  404  200  200  200  200  200  403  200  401
POST /v1/partners/:partner_id/tokens               401        401      403       403             403       403            403             403  403      403      403  201         403         201       401
GET /v1/partners/:partner_id/tokens                401        401      403       403             403       403            403             403  403      403      403  200         403         200       401
DELETE /v1/partners/:partner_id/tokens/:token_id   401        401      403       403             403       403            403             403  403      403      403  204         403         204       401
POST /v1/customers/:customer_id/services/internet  401        401      403       403             201       403            404             201  403      201      403  201         403         201       401
GET /v1/services                                   401        401      200       200             200       200            200             200  200      200      200  200         403         200       401
GET /v1/services/:service_id                       401        401      200       404             200       200            404             200  200      200      200  200         403         200       401
POST /v1/services/:service_id/provision            401        401      403       403             202       403            404             403  403      202      202  202         403         202       401
POST /v1/customers/:customer_id/services/voice     401        401      403       403             201       403            404             201  403      201      403  201         403         201       401
POST /v1/customers/:customer_id/services/bundle    401        401      403       403             201       403            404             201  403      201      403  201         403         201       401
PATCH /v1/services/:service_id                     401        401      403       403             200       403            404             403  403      200      200  200         403         200       401
POST /v1/services/:service_id/suspend              401        401      403       403             200       403            404             403  200      200      200  200         403         200       401
POST /v1/services/:service_id/reactivate           401        401      403       403             200       403            404             403  200      200      200  200         403         200       401
POST /v1/services/:service_id/pause                401        401      403       403             200       403            404             403  200      200      200  200         403         200       401
POST /v1/services/:service_id/resume               401        401      403       403             200       403            404             403  200      200      200  200         403         200       401
POST /v1/services/:service_id/terminate            401        401      403       403             200       403            404             403  403      403      403  200         403         200       401
GET /v1/services/:service_id/history               401        401      200       404             200       200            404             200  200      200      200  200         403         200       401
GET /v1/services/:service_id/changes               401        401      200       404             200       200            404             200  200      200      200  200         403         200       401
POST /v1/services/:service_id/changes/:change_id/cancel  401        401      403       403             200       403            404             403  403      200      200  200         403         200       401
POST /v1/services/:service_id/change-plan          401        401      403       403             200       403            404             403  403      200      200  200         403         200       401
POST /v1/services/:service_id/change-plan/preview  401        401      403       403             200       403            404             403  403      200      200  200         403         200       401
POST /v1/services/:service_id/relocate             401        401      403       403             200       403            404             403  403      200      200  200         403         200       401
POST /v1/services/:service_id/static-ip            401        401      403       403             200       403            404             403  403      200      200  200         403         200       401
GET /v1/provisioning/jobs                          401        401      403       403             200       200            200             200  200      200      200  200         403         200       401
GET /v1/provisioning/jobs/:job_id                  401        401      403       403             200       200            404             200  200      200      200  200         403         200       401
POST /v1/provisioning/jobs/:job_id/cancel          401        401      403       403             200       403            404             403  403      200      200  200         403         200       401
POST /v1/provisioning/jobs/:job_id/retry           401        401      403       403             202       403            404             403  403      202      202  202         403         202       401
GET /v1/network/drift                              401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
POST /v1/network/reconcile                         401        401      403       403             403       403            403             403  403      403      202  202         403         202       401
GET /v1/services/:service_id/network               401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
POST /v1/services/:service_id/converge             401        401      403       403             403       403            403             403  403      403      202  202         403         202       401
GET /v1/network/sessions                           401        401      200       200             200       200            200             200  403      200      200  200         403         200       401
GET /v1/services/:service_id/sessions              401        401      200       404             200       200            404             200  403      200      200  200         403         200       401
GET /v1/services/:service_id/usage                 401        401      200       404             200       200            404             200  200      200      200  200         403         200       401
GET /v1/services/:service_id/usage/chart.svg       401        401      200       404             200       200            404             200  200      200      200  200         403         200       401
GET /v1/services/:service_id/bandwidth             401        401      200       404             200       200            404             200  200      200      200  200         403         200       401
GET /v1/services/:service_id/usage/throttling      401        401      200       404             200       200            404             200  200      200      200  200         403         200       401
POST /v1/services/:service_id/usage/restore        401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
GET /v1/customers/:customer_id/usage               401        401      200       404             200       200            404             200  200      200      200  200         403         200       401
GET /v1/usage                                      401        401      200       200             200       200            200             200  200      200      200  200         403         200       401
GET /v1/services/:service_id/auth-attempts         401        401      200       404             200       200            404             200  403      200      200  200         403         200       401
GET /v1/services/:service_id/credentials           401        401      403       403             200       403            404             200  403      200      200  200         403         200       401
POST /v1/services/:service_id/credentials/rotate   401        401      403       403             200       403            404             200  403      200      200  200         403         200       401
GET /v1/network/nas                                401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
GET /v1/network/nas/:device_id                     401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
POST /v1/network/nas                               401        401      403       403             403       403            403             403  403      403      201  201         403         201       401
PATCH /v1/network/nas/:device_id                   401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
DELETE /v1/network/nas/:device_id                  401        401      403       403             403       403            403             403  403      403      204  204         403         204       401
POST /v1/network/nas/:device_id/rotate-secret      401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
GET /v1/provisioning/jobs/:job_id/events           401        401      403       403             200       200            404             200  200      200      200  200         403         200       401
POST /v1/provisioning/jobs/:job_id/hold            401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
POST /v1/provisioning/jobs/:job_id/release         401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
POST /v1/provisioning/jobs/:job_id/resolve         401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
POST /v1/provisioning/jobs/:job_id/reschedule      401        401      403       403             200       403            404             403  403      200      200  200         403         200       401
POST /v1/provisioning/jobs/:job_id/rollback        401        401      403       403             403       403            403             403  403      403      202  202         403         202       401
POST /v1/services/:service_id/move                 401        401      403       403             202       403            404             403  403      202      202  202         403         202       401
GET /v1/audit                                      401        401      403       403             200       403            200             403  403      403      403  200         403         200       401
GET /v1/audit/verify                               401        401      403       403             200       403            200             403  403      403      403  200         403         200       401
GET /v1/network/vrfs                               401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
GET /v1/network/vrfs/:vrf_id                       401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
POST /v1/network/vrfs                              401        401      403       403             403       403            403             403  403      403      201  201         403         201       401
PATCH /v1/network/vrfs/:vrf_id                     401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
DELETE /v1/network/vrfs/:vrf_id                    401        401      403       403             403       403            403             403  403      403      204  204         403         204       401
GET /v1/network/prefixes                           401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
GET /v1/network/prefixes/:prefix_id                401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
POST /v1/network/prefixes                          401        401      403       403             403       403            403             403  403      403      201  201         403         201       401
PATCH /v1/network/prefixes/:prefix_id              401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
DELETE /v1/network/prefixes/:prefix_id             401        401      403       403             403       403            403             403  403      403      204  204         403         204       401
GET /v1/network/pools                              401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
GET /v1/network/pools/:pool_id                     401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
GET /v1/network/pools/:pool_id/addresses           401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
POST /v1/network/pools                             401        401      403       403             403       403            403             403  403      403      201  201         403         201       401
PATCH /v1/network/pools/:pool_id                   401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
POST /v1/network/pools/:pool_id/retire             401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
DELETE /v1/network/pools/:pool_id                  401        401      403       403             403       403            403             403  403      403      204  204         403         204       401
GET /v1/network/reservations                       401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
GET /v1/network/reservations/:reservation_id       401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
POST /v1/network/reservations                      401        401      403       403             403       403            403             403  403      403      201  201         403         201       401
DELETE /v1/network/reservations/:reservation_id    401        401      403       403             403       403            403             403  403      403      204  204         403         204       401
GET /v1/network/addresses/:address                 401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
GET /v1/network/addresses/:address/history         401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
GET /v1/network/vlans                              401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
POST /v1/network/vlans                             401        401      403       403             403       403            403             403  403      403      201  201         403         201       401
DELETE /v1/network/vlans/:id                       401        401      403       403             403       403            403             403  403      403      204  204         403         204       401
POST /v1/areas                                     401        401      403       403             403       403            403             403  403      403      201  201         403         201       401
GET /v1/areas                                      401        401      403       403             200       200            200             200  200      200      200  200         403         200       401
GET /v1/areas/covering                             401        401      403       403             200       200            200             200  200      200      200  200         403         200       401
GET /v1/areas/:area_id                             401        401      403       403             200       200            200             200  200      200      200  200         403         200       401
PATCH /v1/areas/:area_id                           401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
DELETE /v1/areas/:area_id                          401        401      403       403             403       403            403             403  403      403      204  204         403         204       401
POST /v1/premises                                  401        401      403       403             403       403            403             403  403      403      201  201         403         201       401
GET /v1/premises                                   401        401      403       403             200       200            200             200  200      200      200  200         403         200       401
GET /v1/premises/search                            401        401      403       403             200       200            200             200  200      200      200  200         403         200       401
GET /v1/premises/:premise_id                       401        401      403       403             200       200            200             200  200      200      200  200         403         200       401
PATCH /v1/premises/:premise_id                     401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
DELETE /v1/premises/:premise_id                    401        401      403       403             403       403            403             403  403      403      204  204         403         204       401
GET /v1/premises/:premise_id/history               401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
POST /v1/premise-imports                           401        401      403       403             403       403            403             403  403      403      201  201         403         201       401
GET /v1/premise-imports                            401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
GET /v1/premise-imports/:import_id                 401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
GET /v1/premise-imports/:import_id/rows            401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
PUT /v1/premise-imports/:import_id/parts/:part     401        401      403       403             403       403            403             403  403      403      204  204         403         204       401
POST /v1/premise-imports/:import_id/start          401        401      403       403             403       403            403             403  403      403      202  202         403         202       401
POST /v1/premise-imports/:import_id/cancel         401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
GET /wholesale/predefined-premises                 401        401      403       403             200       200            200             200  200      200      200  200         403         200       401
GET /wholesale/premises                            401        401      403       403             200       200            200             200  200      200      200  200         403         200       401
GET /wholesale/premises/:premise_id                401        401      403       403             200       200            200             200  200      200      200  200         403         200       401
POST /wholesale/customers                          401        401      403       403             201       403            201             201  403      201      403  201         403         201       401
GET /wholesale/customers                           401        401      404       404             200       200            200             200  200      200      200  200         200         200       401
GET /wholesale/customers/:customer_id              401        401      404       404             200       200            404             200  200      200      200  200         200         200       401
GET /wholesale/services/snapshot                   401        401      403       403             200       200            200             200  200      200      200  200         403         200       401
GET /wholesale/work-orders/snapshot                401        401      403       403             200       200            200             200  200      200      200  200         403         200       401
GET /wholesale/services/:service_id/device/status  401        401      404       404             200       200            404             200  200      200      200  200         403         200       401
GET /wholesale/services/:service_id/device/status/live  401        401      404       404             200       200            404             200  200      200      200  200         403         200       401
GET /wholesale/services/:service_id/radius/status  401        401      403       403             200       403            404             200  403      200      200  200         403         200       401
GET /wholesale/services/:service_id/radius/usage   401        401      404       404             200       200            404             200  200      200      200  200         403         200       401
GET /v1/partners/:partner_id/products              401        401      404       404             200       200            404             200  200      200      200  200         403         200       401
POST /v1/partners/:partner_id/products             401        401      403       403             201       403            404             201  201      403      403  201         403         201       401
GET /v1/partners/:partner_id/products/:product_id  401        401      404       404             200       200            404             200  200      200      200  200         403         200       401
GET /v1/partners/:partner_id/products/:product_id/prices  401        401      404       404             200       200            404             200  200      200      200  200         403         200       401
PATCH /v1/partners/:partner_id/products/:product_id  401        401      403       403             200       403            404             200  200      403      403  200         403         200       401
POST /v1/partners/:partner_id/products/:product_id/retire  401        401      403       403             200       403            404             200  200      403      403  200         403         200       401
GET /v1/partners/:partner_id/promotions            401        401      404       404             200       200            404             200  200      200      200  200         403         200       401
POST /v1/partners/:partner_id/promotions           401        401      403       403             201       403            404             201  201      403      403  201         403         201       401
GET /v1/partners/:partner_id/promotions/:promotion_id  401        401      404       404             200       200            404             200  200      200      200  200         403         200       401
PATCH /v1/partners/:partner_id/promotions/:promotion_id  401        401      403       403             200       403            404             200  200      403      403  200         403         200       401
POST /v1/partners/:partner_id/promotions/:promotion_id/retire  401        401      403       403             200       403            404             200  200      403      403  200         403         200       401
GET /v1/partners/:partner_id/settlements           401        401      403       403             200       403            404             200  200      403      403  200         403         200       401
POST /v1/partners/:partner_id/settlements          401        401      403       403             403       403            403             403  201      403      403  201         403         201       401
POST /v1/partners/:partner_id/settlements/preview  401        401      403       403             200       403            404             200  200      403      403  200         403         200       401
GET /v1/partners/:partner_id/settlements/:month    401        401      403       403             200       403            404             200  200      403      403  200         403         200       401
GET /v1/partners/:partner_id/settlements/:month/lines  401        401      403       403             200       403            404             200  200      403      403  200         403         200       401
GET /v1/partners/:partner_id/settlements/:month/csv  401        401      403       403             200       403            404             200  200      403      403  200         403         200       401
GET /v1/partners/:partner_id/settlements/:month/proof  401        401      403       403             200       403            404             200  200      403      403  200         403         200       401
GET /v1/partners/:partner_id/settlement-terms      401        401      403       403             200       403            404             200  200      403      403  200         403         200       401
PUT /v1/partners/:partner_id/settlement-terms      401        401      403       403             403       403            403             403  200      403      403  200         403         200       401
GET /v1/areas/:area_id/products                    401        401      200       200             200       200            200             200  200      200      200  200         403         200       401
POST /v1/areas/:area_id/products                   401        401      403       403             403       403            403             403  201      403      403  201         403         201       401
DELETE /v1/areas/:area_id/products/:area_product_id  401        401      403       403             403       403            403             403  204      403      403  204         403         204       401
GET /wholesale/products/availability/:latitude/:longitude  401        401      404       404             200       200            200             200  200      200      200  200         403         200       401
GET /wholesale/products                            401        401      404       404             200       200            200             200  200      200      200  200         403         200       401
GET /wholesale/products/:product_id                401        401      404       404             200       200            404             200  200      200      200  200         403         200       401
GET /wholesale/products/:product_id/prices         401        401      404       404             200       200            404             200  404      404      404  404         403         404       401
POST /wholesale/products                           401        401      403       403             201       403            201             201  400      403      403  400         403         400       401
PUT /wholesale/products/:product_id                401        401      403       403             200       403            404             200  404      403      403  404         403         404       401
POST /wholesale/products/:product_id/retire        401        401      403       403             200       403            404             200  404      403      403  404         403         404       401
GET /wholesale/promotions                          401        401      404       404             200       200            200             200  200      200      200  200         403         200       401
GET /wholesale/promotions/:promotion_id            401        401      404       404             200       200            404             200  404      404      404  404         403         404       401
POST /wholesale/promotions                         401        401      403       403             201       403            201             201  400      403      403  400         403         400       401
PUT /wholesale/promotions/:promotion_id            401        401      403       403             200       403            404             200  404      403      403  404         403         404       401
POST /wholesale/promotions/:promotion_id/retire    401        401      403       403             200       403            404             200  404      403      403  404         403         404       401
GET /wholesale/settlements                         401        401      403       403             200       403            200             200  200      403      403  200         403         200       401
GET /wholesale/settlements/:month                  401        401      403       403             200       403            404             200  404      403      403  404         403         404       401
GET /operations/v1/customers                       401        401      200       200             200       200            200             200  200      200      200  200         200         200       401
GET /operations/v1/products                        401        401      200       200             200       200            200             200  200      200      200  200         403         200       401
POST /v1/auth/login                                200        200      200       200             200       200            200             200  200      200      200  200         200         200       200
POST /v1/auth/refresh                              200        200      200       200             200       200            200             200  200      200      200  200         200         200       200
POST /v1/auth/logout                               401        401      204       204             204       204            204             204  204      204      204  204         204         204       401
GET /v1/auth/me                                    401        401      200       200             200       200            200             200  200      200      200  200         200         200       401
POST /v1/auth/password                             401        401      204       204             204       204            204             204  204      204      204  204         403         403       401
POST /v1/oauth/token                               200        401      401       401             401       401            401             401  401      401      401  401         200         200       200
POST /v1/users                                     401        401      403       403             201       403            201             403  403      403      403  201         403         201       401
GET /v1/users                                      401        401      403       403             200       403            200             403  403      403      403  200         403         200       401
GET /v1/users/:user_id                             401        401      403       403             200       403            404             403  403      403      403  200         403         200       401
PATCH /v1/users/:user_id                           401        401      403       403             200       403            404             403  403      403      403  200         403         200       401
POST /v1/users/:user_id/disable                    401        401      403       403             200       403            404             403  403      403      403  200         403         200       401
POST /v1/users/:user_id/enable                     401        401      403       403             200       403            404             403  403      403      403  200         403         200       401
POST /v1/users/:user_id/password                   401        401      403       403             204       403            404             403  403      403      403  204         403         204       401
GET /v1/roles                                      401        401      403       403             200       403            200             403  403      403      403  200         403         200       401
POST /v1/api-keys                                  401        401      403       403             201       403            201             201  403      403      403  201         403         201       401
GET /v1/api-keys                                   401        401      403       403             200       403            200             200  403      403      403  200         403         200       401
GET /v1/api-keys/:api_key_id                       401        401      403       403             200       403            404             200  403      403      403  200         403         200       401
POST /v1/api-keys/:api_key_id/rotate               401        401      403       403             201       403            404             201  403      403      403  201         403         201       401
DELETE /v1/api-keys/:api_key_id                    401        401      403       403             204       403            404             204  403      403      403  204         403         204       401
POST /v1/webhooks/endpoints                        401        401      403       403             201       403            201             201  403      403      403  201         403         201       401
GET /v1/webhooks/endpoints                         401        401      403       403             200       200            200             200  403      403      403  200         403         200       401
GET /v1/webhooks/endpoints/:id                     401        401      403       403             200       200            404             200  403      403      403  200         403         200       401
PATCH /v1/webhooks/endpoints/:id                   401        401      403       403             200       403            404             200  403      403      403  200         403         200       401
DELETE /v1/webhooks/endpoints/:id                  401        401      403       403             204       403            404             204  403      403      403  204         403         204       401
POST /v1/webhooks/endpoints/:id/rotate-secret      401        401      403       403             200       403            404             200  403      403      403  200         403         200       401
POST /v1/webhooks/endpoints/:id/test               401        401      403       403             202       403            404             202  403      403      403  202         403         202       401
POST /v1/webhooks/endpoints/:id/replay             401        401      403       403             202       403            404             202  403      403      403  202         403         202       401
POST /v1/network/nodes                             401        401      403       403             403       403            403             403  403      403      201  201         403         201       401
GET /v1/network/nodes                              401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
GET /v1/network/nodes/:node_id                     401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
PATCH /v1/network/nodes/:node_id                   401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
POST /v1/network/nodes/:node_id/retire             401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
GET /v1/network/nodes/:node_id/affected            401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
POST /v1/network/device-models                     401        401      403       403             403       403            403             403  403      403      201  201         403         201       401
GET /v1/network/device-models                      401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
GET /v1/network/device-models/:model_id            401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
PATCH /v1/network/device-models/:model_id          401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
POST /v1/network/devices                           401        401      403       403             403       403            403             403  403      403      201  201         403         201       401
GET /v1/network/devices                            401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
GET /v1/network/devices/:device_id                 401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
PATCH /v1/network/devices/:device_id               401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
POST /v1/network/devices/:device_id/retire         401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
PUT /v1/network/devices/:device_id/credentials     401        401      403       403             403       403            403             403  403      403      204  204         403         204       401
GET /v1/network/topology                           401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
GET /v1/network/devices/:device_id/status          401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
GET /v1/network/devices/:device_id/samples         401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
GET /v1/network/devices/:device_id/status/live     401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
GET /v1/services/:service_id/device/status         401        401      200       404             200       200            404             200  200      200      200  200         403         200       401
GET /v1/services/:service_id/device/status/live    401        401      200       404             200       200            404             200  200      200      200  200         403         200       401
GET /v1/network/alarms                             401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
POST /v1/network/alarms/:alarm_id/acknowledge      401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
GET /v1/network/alarm-thresholds                   401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
POST /v1/network/alarm-thresholds                  401        401      403       403             403       403            403             403  403      403      201  201         403         201       401
DELETE /v1/network/alarm-thresholds/:threshold_id  401        401      403       403             403       403            403             403  403      403      204  204         403         204       401
GET /v1/webhooks/events                            401        401      403       403             200       200            200             200  403      403      403  200         403         200       401
GET /v1/webhooks/deliveries                        401        401      403       403             200       200            200             200  403      403      403  200         403         200       401
GET /v1/webhooks/deliveries/:id                    401        401      403       403             200       200            404             200  403      403      403  200         403         200       401
POST /v1/webhooks/deliveries/:id/redeliver         401        401      403       403             202       403            404             202  403      403      403  202         403         202       401
POST /v1/work-orders                               401        401      403       403             403       403            403             403  403      201      201  201         403         201       401
GET /v1/work-orders                                401        401      403       403             200       200            200             200  200      200      200  200         403         200       401
GET /v1/work-orders/:work_order_id                 401        401      403       403             200       200            404             200  200      200      200  200         403         200       401
PATCH /v1/work-orders/:work_order_id               401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
POST /v1/work-orders/:work_order_id/comments       401        401      403       403             200       403            404             200  403      200      200  200         403         200       401
GET /v1/work-orders/:work_order_id/comments        401        401      403       403             200       200            404             200  200      200      200  200         403         200       401
GET /v1/work-orders/:work_order_id/history         401        401      403       403             200       200            404             200  200      200      200  200         403         200       401
POST /v1/work-orders/:work_order_id/schedule       401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
POST /v1/work-orders/:work_order_id/assign         401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
POST /v1/work-orders/:work_order_id/start          401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
POST /v1/work-orders/:work_order_id/hold           401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
POST /v1/work-orders/:work_order_id/resume         401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
POST /v1/work-orders/:work_order_id/complete       401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
POST /v1/work-orders/:work_order_id/cancel         401        401      403       403             403       403            403             403  403      200      200  200         403         200       401
POST /wholesale/services/full                      401        401      403       403             201       403            201             201  403      201      403  201         403         201       401
POST /wholesale/services                           401        401      403       403             201       403            201             201  403      201      403  201         403         201       401
GET /wholesale/services                            401  401  404  404  200  200  200  200  200  200  200  200  403  200  401
GET /wholesale/services/:service_id                401        401      404       404             200       200            404             200  200      200      200  200         403         200       401
GET /wholesale/services/:service_id/full           401        401      404       404             200       200            404             200  200      200      200  200         403         200       401
PUT /wholesale/services/:service_id                401        401      403       403             200       403            404             200  403      200      200  200         403         200       401
DELETE /wholesale/services/:service_id             401        401      403       403             200       403            404             200  403      200      200  200         403         200       401
GET /wholesale/customers/:customer_id/services     401  401  404  404  200  200  404  200  200  200  200  200  403  200  401
GET /wholesale/work-orders                         401        401      403       403             200       200            200             200  200      200      200  200         403         200       401
GET /wholesale/work-orders/:work_order_id          401        401      403       403             200       200            404             200  200      200      200  200         403         200       401
GET /metrics                                       200        200      200       200             200       200            200             200  200      200      200  200         200         200       200
GET /docs                                          200        200      200       200             200       200            200             200  200      200      200  200         200         200       200
GET /docs/assets/*                                 200        200      200       200             200       200            200             200  200      200      200  200         200         200       200
GET /docs/core.json                                200        200      200       200             200       200            200             200  200      200      200  200         200         200       200
GET /docs/core                                     200        200      200       200             200       200            200             200  200      200      200  200         200         200       200
GET /docs/core/reference                           200        200      200       200             200       200            200             200  200      200      200  200         200         200       200
GET /docs/wholesale.json                           200        200      200       200             200       200            200             200  200      200      200  200         200         200       200
GET /docs/wholesale                                200        200      200       200             200       200            200             200  200      200      200  200         200         200       200
GET /docs/wholesale/reference                      200        200      200       200             200       200            200             200  200      200      200  200         200         200       200
GET /docs/operations.json                          200        200      200       200             200       200            200             200  200      200      200  200         200         200       200
GET /docs/operations                               200        200      200       200             200       200            200             200  200      200      200  200         200         200       200
GET /docs/operations/reference                     200        200      200       200             200       200            200             200  200      200      200  200         200         200       200
GET /admin/queues/*                                401        401      403       403             403       403            403             403  403      403      200  200         403         200       401
${AFTER_SALE}`;

export const PRINCIPALS = [
  'anonymous',
  'expired',
  'customer',
  'other_customer',
  'reseller',
  'reseller_read',
  'other_reseller',
  'isp',
  'billing',
  'support',
  'noc',
  'superadmin',
  'scoped_key',
  'full_key',
  'live_key',
] as const;
export type Principal = (typeof PRINCIPALS)[number];

const [header = '', ...rows] = TABLE.trim().split('\n');
if (header.split(/\s+/).slice(1).join() !== PRINCIPALS.join()) throw new Error('the columns are not the principals');

/** Status by operation and principal. */
export const MATRIX: Readonly<Record<string, Readonly<Record<Principal, number>>>> = Object.fromEntries(
  rows.map((row) => {
    const [method = '', path = '', ...cells] = row.split(/\s+/);
    const statuses = PRINCIPALS.map((principal, index) => [principal, Number(cells[index])] as const);
    return [`${method} ${path}`, Object.fromEntries(statuses) as Record<Principal, number>];
  }),
);

/** Examples of the documentation pages. */
export const ENDPOINT_EXAMPLE = {
  id: 7,
  url: 'https://hooks.example.com/isp',
  description: 'CRM',
  events: ['customer.created', 'customer.suspended'],
  all_partners: false,
  status: 'enabled',
  disabled_reason: null,
  failing_since: null,
  previous_secret_until: null,
  partner_id: 1,
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:00Z',
};

export const SECRET_EXAMPLE = { ...ENDPOINT_EXAMPLE, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=' };

export const DELIVERY_EXAMPLE = {
  id: 4711,
  endpoint_id: 7,
  event_id: 'evt_0b9d7a5e2f4c4e0f8a1d3c5b7e9f1a2b',
  event: 'customer.created',
  status: 'delivered',
  attempts: 1,
  next_attempt_at: null,
  last_response_status: 200,
  last_error: null,
  delivered_at: '2025-01-29T10:30:01Z',
  occurred_at: '2025-01-29T10:30:00Z',
  created_at: '2025-01-29T10:30:00Z',
  partner_id: 1,
};

export const PENDING_EXAMPLE = {
  ...DELIVERY_EXAMPLE,
  status: 'pending',
  next_attempt_at: '2025-01-29T10:30:01Z',
  last_response_status: null,
  delivered_at: null,
  attempts: 0,
};

export const DELIVERY_DETAIL_EXAMPLE = {
  ...DELIVERY_EXAMPLE,
  payload:
    '{"event":"customer.created","timestamp":"2025-01-29T10:30:00Z","data":{"customer_id":123,"name":"John Doe","email":"john@example.com","portal_id":"10003456","partner_id":1},"id":"evt_0b9d7a5e2f4c4e0f8a1d3c5b7e9f1a2b","sequence":1}',
  attempt_log: [
    {
      number: 1,
      at: '2025-01-29T10:30:01Z',
      duration_ms: 84,
      response_status: 200,
      error: null,
      response_excerpt: 'ok',
    },
  ],
};

export const PAGINATION_EXAMPLE = { page: 1, per_page: 25, total: 1, pages: 1 };

export const HOW_TO_VERIFY = `
Each delivery is a POST with a JSON body and these headers:

- \`X-ISP-Event\`: the event type.
- \`X-ISP-Signature\`: \`sha256=\` and the lower-case hex HMAC-SHA256 of the exact body bytes. Key: the whole secret as
  UTF-8 text, \`whsec_\` included. After a rotation it is made with the new secret at once.
- \`webhook-id\`, \`webhook-timestamp\`, \`webhook-signature\`: Standard Webhooks; any of its libraries verifies them.
  Key: the bytes that the base64 behind \`whsec_\` stands for. For 24 hours after a rotation there are two signatures,
  one of each secret. Refuse timestamps older than 5 minutes.
- \`X-Request-Id\`: the request that caused the event.

\`webhook-id\` equals the body's \`id\` and is the same on every try: use it to ignore repeats. Order is not promised;
\`sequence\` grows with every event of the same resource. Answer 2xx within 15 seconds. Anything else is tried again
after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h, give or take 10 %; \`Retry-After\` on 429 and 503 is
honoured up to 24 hours, redirects are not followed, 410 disables the endpoint, and so do 5 days without a success.
At most 5 deliveries are on their way to an endpoint at once.`.trim();

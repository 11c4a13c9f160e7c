import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);
const text = z.string().trim().min(1);
/** Whether what is escaped in it (RFC 3986 2.1) is text. */
function isUnescapable(url: string): boolean {
  try {
    return decodeURIComponent(url) !== '';
  } catch {
    return false;
  }
}
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

/**
 * Every setting the program reads, once, at start. Units are in the names. `.env.example` lists exactly these
 * (a test compares them). Settings without a default are required.
 */
export const envSchema = z.object({
  ISP_MODE: z.enum(['sandbox', 'live']).default('sandbox').describe('sandbox or live: two separate deployments'),
  PORT: port.default(3000).describe('TCP port of the HTTP server; 0 takes a free one'),
  ISP_HOST: text.default('127.0.0.1').describe('Address to listen on'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).describe('PostgreSQL, as the role that runs the application'),
  ISP_OWNER_DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe('PostgreSQL, as the role that owns the schema and migrates it; DATABASE_URL when absent'),
  ISP_DATABASE_POOL: z.coerce.number().int().min(2).max(100).default(10).describe('Connections per process'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .optional()
    .describe('Redis for queues and limits; PostgreSQL when absent'),
  ISP_MASTER_KEYS: z
    .string()
    .regex(
      /^[\w-]{1,64}:[A-Za-z0-9+/=_-]{43,44}(,[\w-]{1,64}:[A-Za-z0-9+/=_-]{43,44})*$/,
      'must be id:base64 of 32 bytes',
    )
    .describe('Master keys, newest first: id:base64[,id:base64]; kept outside the database'),
  ISP_RADIUS_KEY: z
    .string()
    .regex(
      /^[A-Za-z0-9+/_-]{43}=?(,[A-Za-z0-9+/_-]{43}=?)*$/,
      'must be base64 of 32 bytes, comma separated while one replaces another',
    )
    .optional()
    .describe(
      'Keys that the RADIUS server opens passwords with, newest first; derived from the master keys when absent',
    ),
  ISP_RADIUS_DATABASE_PASSWORD: text
    .optional()
    .describe('Password with which the role isp_radius may log in; set by migrate'),
  ISP_PUBLIC_URL: z.url().optional().describe('Base URL that callers use; issuer of tokens'),
  ISP_API_PROCESSES: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe('API processes that share the rate limits when their store is down'),
  ISP_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  ISP_TRUSTED_PROXIES: z.string().default('').describe('CIDRs whose X-Forwarded-For is believed, comma separated'),
  ISP_WEBHOOK_ALLOWED_CIDRS: z
    .string()
    .default('')
    .describe('Private networks that webhooks may reach, comma separated'),
  ISP_STRIPE_SECRET_KEY: text.optional().describe('Secret key of the Stripe account that takes cards and debits'),
  ISP_STRIPE_WEBHOOK_SECRETS: z
    .string()
    .regex(/^whsec_\w{8,}(,whsec_\w{8,})*$/, 'must be whsec_…')
    .optional()
    .describe('Signing secrets of the Stripe webhook endpoint, comma separated while one replaces another'),
  ISP_STRIPE_URL: z.url().default('https://api.stripe.com').describe('Where Stripe answers'),
  ISP_PAYMENT_RETURN_URL: z.url().optional().describe('Page that a payer comes back to from a step at the bank'),
  ISP_SMTP_URL: z
    .url({ protocol: /^smtps?$/ })
    .refine(isUnescapable, 'has a % escape that cannot be read; a percent sign itself is %25')
    .optional()
    .describe(
      'Mail server that e-mails are handed to: smtp://user:password@host:587, or smtps:// for TLS from the start',
    ),
  ISP_MAIL_FROM: z
    .string()
    .regex(
      /^(?:[^<>"\\\p{Cc}]{1,120} <[^\s<>@\p{Cc}]+@[^\s<>@\p{Cc}]+>|[^\s<>@\p{Cc}]+@[^\s<>@\p{Cc}]+)$/u,
      'must be name@host, or Name <name@host>',
    )
    .optional()
    .describe('Sender of e-mails: billing@isp.example, or Example ISP <billing@isp.example>'),
  ISP_MAIL_DIR: text
    .optional()
    .describe('Sandbox only, without ISP_SMTP_URL: directory that e-mails are written to, a file each'),
  ISP_WORKER_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(500)
    .default(20)
    .describe('Work items at once per process'),
  ISP_ADDRESS_QUARANTINE_HOURS: z.coerce
    .number()
    .min(0)
    .max(8_784)
    .default(24)
    .describe('How long a released address goes to nobody but the service that had it'),
  ISP_RECONCILE_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(60)
    .describe('How often the whole network is compared with what is wanted of it'),
  ISP_READ_BACK_HOURS: z.coerce
    .number()
    .int()
    .min(1)
    .max(8_784)
    .default(24)
    .describe('How often each router is read back for each of its services, though nothing was changed'),
  ISP_SESSIONS_KEPT_DAYS: z.coerce
    .number()
    .int()
    .min(90)
    .max(36_500)
    .default(730)
    .describe('Days after which an ended session is forgotten: who had which address before that cannot be told'),
  ISP_SHUTDOWN_GRACE_SECONDS: z.coerce.number().min(0).max(60).default(5).describe('Serving on after SIGTERM'),
  ISP_SNMP_TRAP_PORT: port.default(0).describe('UDP port on which workers receive SNMP traps; 0: they do not'),
  ISP_OUTAGE_HOLD_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(120)
    .describe('How long everything must answer again before an outage is over'),
  ISP_DATA_LIMIT_ACTION: z
    .enum(['none', 'throttle', 'walled_garden'])
    .default('throttle')
    .describe('What happens at a data limit: none, throttle (where the plan has throttled speeds), walled_garden'),
  ISP_BILLING_REVIEW_HOURS: z.coerce
    .number()
    .int()
    .min(0)
    .max(720)
    .default(0)
    .describe('How long drafts of a billing run wait for a person before they are issued; 0: issued at once'),
  ISP_AUDIT_ANCHOR_FILE: text
    .optional()
    .describe('File outside the database that receives the heads of the audit chains'),
  ISP_FAIL_POINT: z
    .string()
    .optional()
    .describe('Test aid, sandbox only: a named point at which the process kills itself'),
  ISP_CLOCK_AHEAD_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(3_660)
    .default(0)
    .describe('Test aid, sandbox only: days by which the program is ahead of the calendar'),
  ISP_DATA_DIR: text.default('.data').describe('Where the sandbox keeps its database and sandbox.json'),
  ISP_RATE_LIMITS: flag.default(true).describe('false switches rate limits off (sandbox only)'),
});

export type Config = Readonly<z.infer<typeof envSchema>>;

/** A setting that is missing or wrong: one clear line, exit code 1. */
export class ConfigError extends Error {}

/** What the process was started with, for the few who must look before there is a configuration. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/** Reads and checks the environment. Unknown `ISP_*` names are refused, so that a typo cannot pass silently. */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const known = new Set(Object.keys(envSchema.shape));
  const strangers = Object.keys(env).filter(
    (name) => name.startsWith('ISP_') && !name.startsWith('ISP_TEST_') && !known.has(name),
  );
  if (strangers.length > 0) throw new ConfigError(`unknown setting ${strangers.join(', ')}`);
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => known.has(name) && value !== ''));
  const parsed = envSchema.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(`bad configuration: ${lines.join('; ')}`);
  }
  if (parsed.data.ISP_SMTP_URL !== undefined && parsed.data.ISP_MAIL_FROM === undefined)
    throw new ConfigError('ISP_SMTP_URL needs ISP_MAIL_FROM');
  if (parsed.data.ISP_MODE === 'live') refuseTestAids(parsed.data);
  failPoint = parsed.data.ISP_FAIL_POINT;
  return Object.freeze(parsed.data);
}

let failPoint: string | undefined;

/** The fail point that the process was started with, if any. */
export function loadedFailPoint(): string | undefined {
  return failPoint;
}

function refuseTestAids(config: Config): void {
  if (config.ISP_FAIL_POINT) throw new ConfigError('ISP_FAIL_POINT is for sandboxes only');
  if (config.ISP_CLOCK_AHEAD_DAYS > 0) throw new ConfigError('ISP_CLOCK_AHEAD_DAYS is for sandboxes only');
  if (config.ISP_MAIL_DIR !== undefined) throw new ConfigError('ISP_MAIL_DIR is for sandboxes only');
  if (!config.ISP_RATE_LIMITS) throw new ConfigError('ISP_RATE_LIMITS=false is for sandboxes only');
}

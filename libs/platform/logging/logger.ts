import { Injectable, type LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import { currentRequestId } from './request-context.js';

const SECRETS = [
  'password',
  'new_password',
  'current_password',
  'secret',
  'token',
  'refresh_token',
  'access_token',
  'api_key',
  'authorization',
  'x-api-key',
  'pppoe_password',
  'wifi_password',
];
const redact = {
  paths: SECRETS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
  censor: '[redacted]',
};

/** JSON log lines, one per event, each with the request id it belongs to; fields that hold secrets are blanked. */
export function createLogger(level: string, name: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service: name, pid: process.pid },
    redact,
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: () => {
      const requestId = currentRequestId();
      return requestId === undefined ? {} : { request_id: requestId };
    },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** The program's logger, for injection and for Nest itself. */
@Injectable()
export class Log implements LoggerService {
  constructor(readonly pino: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  private write(level: 'info' | 'error' | 'warn' | 'debug' | 'fatal', message: unknown, rest: unknown[]): void {
    const fields = rest.find((item) => typeof item === 'object' && item !== null) ?? {};
    if (message instanceof Error) this.pino[level]({ err: message, ...fields }, message.message);
    else if (typeof message === 'string') this.pino[level](fields, message);
    else this.pino[level]({ data: message, ...fields });
  }
}

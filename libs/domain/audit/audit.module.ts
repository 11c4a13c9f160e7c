import { Global, Module } from '@nestjs/common';
import { AuditQueries } from './trail/audit.queries.js';
import { AuditTrail } from './trail/audit-trail.js';

@Global()
@Module({ providers: [AuditTrail, AuditQueries], exports: [AuditTrail, AuditQueries] })
export class AuditModule {}

import { Module } from '@nestjs/common';
import { BillingModule } from '@isp/domain/billing';
import { CustomersModule } from '@isp/domain/customers';
import { ServicesModule } from '@isp/domain/services';
import { UsageModule } from '@isp/domain/usage';
import { AssessAccount } from './cases/assess-account.usecase.js';
import { CaseRules } from './cases/case-rules.js';
import { CaseQueries } from './cases/case.queries.js';
import { CaseRepository } from './cases/case.repository.js';
import { CaseSteps } from './cases/case-steps.js';
import { DunningFacts } from './cases/dunning.facts.js';
import { DunningFees } from './cases/dunning-fees.js';
import { EnrolJob } from './cases/enrol.job.js';
import { FollowMoneyListener } from './cases/follow-money.listener.js';
import { FollowServiceListener } from './cases/follow-service.listener.js';
import { ServiceHolds } from './cases/service-holds.js';
import { Situations } from './cases/situation.js';
import { SweepDunning, SweepDunningSchedule } from './cases/sweep-dunning.usecase.js';
import { Disputes } from './disputes/disputes.js';
import { Holidays } from './policies/holidays.js';
import { DunningPolicies } from './policies/policies.js';
import { PolicyRepository } from './policies/policy.repository.js';
import { DunningTags } from './policies/tags.js';
import { PromiseBook } from './promises/promise-book.js';
import { Promises } from './promises/promises.js';

const DOOR = [AssessAccount, CaseQueries, Disputes, DunningPolicies, DunningTags, Holidays, Promises, SweepDunning];
const INNER = [
  CaseRepository,
  CaseRules,
  CaseSteps,
  DunningFacts,
  DunningFees,
  PolicyRepository,
  PromiseBook,
  ServiceHolds,
  Situations,
];
// They read the rows of cases themselves.
const FOLLOWERS = [EnrolJob, FollowMoneyListener, FollowServiceListener, SweepDunningSchedule];

/** What is done about accounts that do not pay, and never about one that did. */
@Module({
  imports: [BillingModule, CustomersModule, ServicesModule, UsageModule],
  providers: [...INNER, ...DOOR],
  exports: [...DOOR, ...INNER],
})
export class DunningModule {}

@Module({ imports: [DunningModule, BillingModule], providers: FOLLOWERS })
export class DunningWorkerModule {}

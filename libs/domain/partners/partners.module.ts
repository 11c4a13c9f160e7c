import { Module } from '@nestjs/common';
import { ChangePartner } from './partners/change-partner.usecase.js';
import { CreatePartner } from './partners/create-partner.usecase.js';
import { PartnerQueries } from './partners/partner.queries.js';
import { PartnerRepository } from './partners/partner.repository.js';
import { SetPartnerStatus } from './partners/set-partner-status.usecase.js';

const providers = [CreatePartner, ChangePartner, SetPartnerStatus, PartnerQueries];

@Module({ providers: [PartnerRepository, ...providers], exports: providers })
export class PartnersModule {}

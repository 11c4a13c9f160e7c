import { Module } from '@nestjs/common';
import { AccessModule } from '@isp/domain/access';
import { Absences } from './shifts/absences.js';
import { Crew } from './shifts/crew.js';
import { Rosters } from './shifts/rosters.js';
import { KeepTechnicians } from './technicians/keep-technicians.usecase.js';
import { TechnicianQueries } from './technicians/technician.queries.js';

const DOOR = [KeepTechnicians, TechnicianQueries, Rosters, Absences, Crew];

/** The operator's people in the field: what they can do, where they go, and when they work. */
@Module({ imports: [AccessModule], providers: DOOR, exports: DOOR })
export class WorkforceModule {}

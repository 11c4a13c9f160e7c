import { systemActor } from '@isp/contracts';

/** Who collects money that customers have agreed to. */
export const COLLECTOR = systemActor('collection');

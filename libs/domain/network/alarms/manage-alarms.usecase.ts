import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { networkErrors } from '../network.errors.js';
import { ALARM_COLUMNS, type AlarmView } from './alarm.view.js';
import { THRESHOLD_COLUMNS, type ThresholdView } from './threshold.view.js';

const ACKNOWLEDGE = statement(
  'alarms-acknowledge',
  `UPDATE alarms a SET status = 'acknowledged', acknowledged_at = now(), acknowledged_by = $2, note = $3, version = a.version + 1
     FROM devices d WHERE a.id = $1 AND a.status = 'open' AND d.id = a.device_id RETURNING ${ALARM_COLUMNS}`,
);
const EXISTS = statement('alarms-exists', 'SELECT status FROM alarms WHERE id = $1');
const INSERT = statement(
  'alarm-thresholds-insert',
  `INSERT INTO alarm_thresholds AS t (metric, model_id, kind, direction, warning, critical, hysteresis, hold_seconds)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${THRESHOLD_COLUMNS}`,
);
const RETIRE = statement(
  'alarm-thresholds-retire',
  `UPDATE alarm_thresholds SET status = 'retired', version = version + 1, updated_at = now() WHERE id = $1 AND status = 'active'`,
);
const FORGET = statement('alarm-states-forget', 'DELETE FROM alarm_states WHERE threshold_id = $1');
const CLEAR_ALL = statement(
  'alarms-clear-source',
  `UPDATE alarms SET status = 'cleared', cleared_at = now(), version = version + 1 WHERE source = $1 AND status <> 'cleared'`,
);

export type ThresholdValues = Omit<ThresholdView, 'id' | 'version'>;

/** What people do with alarms: take note of one, and say when there are to be any. */
@Injectable()
export class ManageAlarms {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws `network.alarm.not_found`, `network.alarm.not_open` */
  acknowledge({ actor, id, note }: { actor: Actor; id: number; note?: string | undefined }): Promise<AlarmView> {
    return this.uow.run(actor, async (tx) => {
      const alarm = await tx.one<AlarmView>(ACKNOWLEDGE, [id, actor.name, note ?? null]);
      if (!alarm)
        throw networkErrors((await tx.one(EXISTS, [id])) ? 'network.alarm.not_open' : 'network.alarm.not_found');
      this.note(actor, 'alarm.acknowledge', { type: 'alarm', id }, { note: note ?? null });
      return alarm;
    });
  }

  /** @throws `network.threshold.taken`, `network.device.unknown_reference` */
  createThreshold({ actor, values }: { actor: Actor; values: ThresholdValues }): Promise<ThresholdView> {
    const { metric, modelId, kind, direction, warning, critical, hysteresis, holdSeconds } = values;
    return this.uow.run(actor, async (tx) => {
      const row = [metric, modelId, kind, direction, warning, critical, hysteresis, holdSeconds];
      const made = await tx.one<ThresholdView>(INSERT, row).catch((error: unknown) => {
        const constraint = violatedConstraint(error);
        if (constraint === 'alarm_thresholds_one_each') throw networkErrors('network.threshold.taken');
        if (constraint === 'alarm_thresholds_model_id_fkey')
          throw networkErrors('network.device.unknown_reference', { what: 'model_id' });
        throw error;
      });
      const { id } = made as ThresholdView;
      this.note(actor, 'alarm_threshold.create', { type: 'alarm_threshold', id }, { ...values });
      return made as ThresholdView;
    });
  }

  /** Ends a threshold, and the alarms that it raised. @throws `network.threshold.not_found` */
  retireThreshold({ actor, id }: { readonly actor: Actor; readonly id: number }): Promise<void> {
    return this.uow.run(actor, async (tx) => {
      if ((await tx.execute(RETIRE, [id])) === 0) throw networkErrors('network.threshold.not_found');
      await Promise.all([tx.execute(FORGET, [id]), tx.execute(CLEAR_ALL, [`threshold:${id}`])]);
      this.note(actor, 'alarm_threshold.retire', { type: 'alarm_threshold', id }, {});
    });
  }

  private note(actor: Actor, action: string, subject: { type: string; id: number }, changes: object): void {
    this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action, subject, changes: { ...changes } });
  }
}

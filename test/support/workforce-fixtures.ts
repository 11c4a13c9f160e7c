import { PERMISSIONS, type Actor, systemActor } from '@isp/contracts';
import { BookAppointment, CreateWorkOrder } from '@isp/domain/work-orders';
import { Absences, KeepTechnicians } from '@isp/domain/workforce';
import { addSeconds } from '@isp/kernel';

const EVERYTHING: Actor = { ...systemActor('spec'), permissions: new Set(PERMISSIONS) };
const PERSON = {
  ...{ userId: null, email: null, phone: null, home: null, skills: [], areaIds: [] },
  ...{ timeZone: 'Africa/Johannesburg', status: 'active' as const },
};
const FAR = new Date('2150-01-01T08:00:00Z');
const DAY_SECONDS = 86_400;
let serial = 0;
/** A time at which nobody of the sandbox, nor of any other call, is expected anywhere. */
const freeTime = (): Date => addSeconds(FAR, (serial += 1) * DAY_SECONDS);
/** The first technician of the sandbox, at a time of their own. */
export const laterAppointment = () => ({ technician_id: 1, starts_at: freeTime().toISOString(), anyway: true });

type Use = <T>(type: abstract new (...args: never[]) => T) => T;
type Make = (what: 'service', partnerId: number) => Promise<string | number>;

/** People in the field, who are the operator's, and their appointments at customers of a partner. */
export function workforceFixtures(use: Use, thing: Make) {
  const technician = async () =>
    (await use(KeepTechnicians).add(EVERYTHING, { ...PERSON, name: `Made ${(serial += 1)}` })).id;
  const booked = async (partnerId: number) => {
    const serviceId = Number(await thing('service', partnerId));
    const { id: workOrderId } = await use(CreateWorkOrder).execute({ actor: EVERYTHING, serviceId });
    const who = { actor: EVERYTHING, workOrderId, technicianId: await technician() };
    return use(BookAppointment).execute({ ...who, startsAt: freeTime(), anyway: true });
  };
  return {
    make: {
      technician,
      technician_absence: async () => {
        const id = await technician();
        const times = { startsAt: FAR, endsAt: freeTime() };
        const { id: absence } = await use(Absences).add(EVERYTHING, id, { kind: 'leave', note: null, ...times });
        return `${id}/${absence}`;
      },
      booked_work_order: async (partnerId: number) => (await booked(partnerId)).workOrderId,
      appointment: async (partnerId: number) => (await booked(partnerId)).id,
    },
  };
}

import type { Actor } from '@isp/contracts';
import type { AppointmentView, Opening, Openings, TechnicianDay, VisitTermsView } from '@isp/domain/work-orders';
import { toIsoSeconds } from '@isp/kernel';
import { presentTechnician } from './technician.presenter.js';

/** Where technicians live and how busy they are is for the operator alone. */
export function presentAppointment(actor: Actor, appointment: AppointmentView) {
  return {
    id: appointment.id,
    work_order_id: appointment.workOrderId,
    reference: appointment.reference,
    type: appointment.type,
    summary: appointment.summary,
    customer_id: appointment.customerId,
    customer: appointment.customer,
    customer_phone: appointment.customerPhone,
    address: appointment.address,
    place: appointment.place,
    technician_id: appointment.technicianId,
    technician: appointment.technician,
    starts_at: toIsoSeconds(appointment.startsAt),
    ends_at: toIsoSeconds(appointment.endsAt),
    status: appointment.status,
    reasons: actor.reach === 'all' ? appointment.reasons : [],
    cancel_reason: appointment.cancelReason,
    booked_by: appointment.bookedBy,
    created_at: toIsoSeconds(appointment.createdAt),
    closed_at: appointment.closedAt && toIsoSeconds(appointment.closedAt),
  };
}

const instantOf = (ms: number): string => toIsoSeconds(new Date(ms));

function presentOpening({ technicianId, startsAt, endsAt, distanceKm, travelMinutes, loadPercent, ...rest }: Opening) {
  return {
    technician_id: technicianId,
    technician: rest.technician,
    starts_at: instantOf(startsAt),
    ends_at: instantOf(endsAt),
    distance_km: distanceKm,
    travel_minutes: travelMinutes,
    load_percent: loadPercent,
    cost: rest.cost,
    reasons: rest.reasons,
  };
}

export function presentOpenings({ openings, unfit }: Openings) {
  return {
    openings: openings.map(presentOpening),
    unfit: unfit.map(({ technicianId, technician, why }) => ({ technician_id: technicianId, technician, why })),
  };
}

export function presentDay(actor: Actor, date: string, { technician, shifts, appointments }: TechnicianDay) {
  return {
    date,
    technician: presentTechnician(technician),
    shifts: shifts.map(({ from, until }) => ({ from: instantOf(from), until: instantOf(until) })),
    appointments: appointments.map((appointment) => presentAppointment(actor, appointment)),
  };
}

export function presentTerms({ noticeMinutes, horizonDays, updatedAt, ...terms }: VisitTermsView) {
  return {
    type: terms.type,
    minutes: terms.minutes,
    skills: terms.skills,
    notice_minutes: noticeMinutes,
    horizon_days: horizonDays,
    automatic: terms.automatic,
    version: terms.version,
    updated_at: toIsoSeconds(updatedAt),
  };
}

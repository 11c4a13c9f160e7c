import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { Customer } from './customer.entity.js';
import { customerErrors } from './customer.errors.js';
import { CUSTOMER_COLUMNS, type CustomerView } from './customer.view.js';

const INSERT = statement(
  'customers-insert',
  `INSERT INTO customers AS c (partner_id, kind, name, first_name, last_name, email, phone, home_phone, username, address, billing_address, status)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING ${CUSTOMER_COLUMNS}`,
);

export type NewCustomer = Pick<Customer, 'partnerId' | 'name' | 'email' | 'phone'> &
  Partial<
    Pick<
      Customer,
      'kind' | 'firstName' | 'lastName' | 'homePhone' | 'username' | 'address' | 'billingAddress' | 'status'
    >
  >;

@Injectable()
export class CustomerRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async insert(customer: NewCustomer): Promise<CustomerView> {
    const values = [
      customer.partnerId,
      customer.kind ?? 'residential',
      customer.name,
      customer.firstName ?? null,
      customer.lastName ?? null,
      customer.email,
      customer.phone,
      customer.homePhone ?? null,
      customer.username ?? null,
      customer.address ? JSON.stringify(customer.address) : null,
      customer.billingAddress ? JSON.stringify(customer.billingAddress) : null,
      customer.status ?? 'active',
    ];
    try {
      return (await this.uow.tx.one<CustomerView>(INSERT, values)) as CustomerView;
    } catch (error) {
      throw meaningOf(error);
    }
  }

  /** The customer, locked until the transaction ends; refuses a version that is not the one `ifMatch` names. */
  async lock(id: number, ifMatch?: number): Promise<Customer> {
    const customer = await this.uow.tx.manager.findOne(Customer, {
      where: { id },
      lock: { mode: 'pessimistic_write' },
    });
    if (!customer) throw customerErrors('customers.customer.not_found');
    if (ifMatch !== undefined && customer.version !== ifMatch) throw customerErrors('customers.customer.stale');
    return customer;
  }

  async save(customer: Customer): Promise<Customer> {
    try {
      return await this.uow.tx.manager.save(Customer, customer);
    } catch (error) {
      throw meaningOf(error);
    }
  }
}

function meaningOf(error: unknown): unknown {
  const constraint = violatedConstraint(error);
  if (constraint === 'customers_email')
    return customerErrors('customers.email.taken', {}, { details: [{ field: 'email', message: 'is already taken' }] });
  if (constraint === 'customers_partner_id_fkey') return unknownPartner();
  return error;
}

/** The same answer for a partner that does not exist and for one that the caller may not act for. */
export function unknownPartner(): Error {
  return customerErrors(
    'customers.partner.unknown',
    {},
    { details: [{ field: 'partner_id', message: 'There is no such partner.' }] },
  );
}

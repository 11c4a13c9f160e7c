import { isAddress, isPrefix } from '@isp/domain/network';
import { z } from 'zod';

/** One address, without prefix length. */
export const addressText = z.string().max(45).refine(isAddress, 'must be an IPv4 or IPv6 address');
/** A network address with its length. */
export const prefixText = z
  .string()
  .max(49)
  .refine(isPrefix, 'must be a prefix such as 192.0.2.0/24, without host bits');

export const time = z.iso.datetime();
export const edited = { created_at: time, updated_at: time };
export const EDITED_EXAMPLE = { created_at: '2025-01-29T10:30:00Z', updated_at: '2025-01-29T10:30:00Z' };
export const ONE_PAGE = { page: 1, per_page: 25, total: 1, pages: 1 };

/** A body that changes something must name it. */
export const notEmpty = (body: object): boolean => Object.keys(body).length > 0;
export const NOT_EMPTY = 'name at least one field to change';

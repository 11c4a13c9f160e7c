export * from './suppliers/contracts.js';
export {
  SUPPLIER_SORTING,
  SUPPLIER_STATUSES,
  Suppliers,
  type SupplierTerms,
  type SupplierView,
} from './suppliers/suppliers.js';
export * from './suppliers.errors.js';
export * from './suppliers.module.js';

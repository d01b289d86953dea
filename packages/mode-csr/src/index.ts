export { openCustomers, type Appointment, type Customer, type CustomerStore } from './db/customers.ts'
export { csr, type CsrSettings } from './mode.ts'

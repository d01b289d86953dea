export type {
  Agenda,
  Appointment,
  AppointmentBook,
  AppointmentRef,
  Booking,
  BookingResult,
  Service,
} from './db/appointments.ts'
export {
  openCustomerList,
  type AppointmentFilter,
  type CustomerFile,
  type CustomerList,
  type CustomerNote,
  type ListedAppointment,
  type ListedCustomer,
} from './db/customer-list.ts'
export type { ImportAnswer, ImportLine } from './cli/transfer-for-desk.ts'
export {
  openCustomerDesk,
  type CalendarDay,
  type CustomerDesk,
  type CustomerFields,
  type DeskBooking,
} from './db/customer-desk.ts'
export { openCustomers, type CustomerStore } from './db/customers.ts'
export { forgetCustomers, type ForgottenCustomers } from './db/forget-customers.ts'
export type { Contact, ContactChange, Customer, CustomerRecords, Proof } from './db/records.ts'
export { csrKind } from './kind.ts'
export { csr, type CsrSettings } from './mode.ts'
export { serviceCalled } from './service-called.ts'
export { searchSlots, type BookingWish, type FoundSlots } from './slot-search.ts'
export { customerDatabase } from './db/schema.ts'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { components } from '../../api/openapi.ts'
import { say } from '../../parts/say.ts'

/** A customer with all that is on record. */
export type CustomerFile = components['schemas']['CustomerFile']
/** An appointment with whom it is for. */
export type Appointment = components['schemas']['Appointment']
/** What can be booked, and when it is open. */
export type Calendar = components['schemas']['Calendar']
/** What an import does, or would do. */
export type CustomerImport = components['schemas']['CustomerImport']

const KEY = 'customers'
const PAGE = 50

/** A page of customers. */
export const useCustomers = (q: string | undefined, after: string | undefined) =>
  useQuery({
    queryKey: [KEY, 'list', q, after],
    queryFn: async ({ signal }) => {
      const query = { limit: PAGE, ...(q ? { q } : {}), ...(after ? { after } : {}) }
      return (await api.GET('/customers', { params: { query }, signal })).data!
    },
  })

/** One customer. */
export const useCustomer = (id: string) =>
  useQuery({
    queryKey: [KEY, 'one', id],
    queryFn: async ({ signal }) => (await api.GET('/customers/{id}', { params: { path: { id } }, signal })).data!,
  })

/** Reads a customer with whole telephones, which the page then shows; the gateway notes who has asked. */
export const useReveal = (id: string) => {
  const client = useQueryClient()
  return async (): Promise<CustomerFile> => {
    const { data } = await api.GET('/customers/{id}', { params: { path: { id }, query: { reveal: 'true' } } })
    client.setQueryData([KEY, 'one', id], data)
    return data!
  }
}

/** Hours of some days, services and resources. */
export const useCalendar = (from: string, days: number) =>
  useQuery({
    queryKey: [KEY, 'calendar', from, days],
    queryFn: async ({ signal }) => (await api.GET('/calendar', { params: { query: { from, days } }, signal })).data!,
  })

/** What is booked between two moments. */
export const useAppointments = (from: string, to: string) =>
  useQuery({
    queryKey: [KEY, 'appointments', from, to],
    refetchInterval: 60_000,
    queryFn: async ({ signal }) =>
      (await api.GET('/appointments', { params: { query: { from, to, status: 'booked', limit: 1_000 } }, signal }))
        .data!.appointments,
  })

/** Every free time of a day; nothing is asked before a service and a date are chosen. */
export const useFreeTimes = (service: string, date: string, moving: string | undefined) =>
  useQuery({
    queryKey: [KEY, 'free', service, date, moving],
    enabled: service !== '' && date !== '',
    // Not what was read of another one.
    placeholderData: () => undefined,
    queryFn: async ({ signal }) => {
      const query = { service, date, ...(moving ? { moving } : {}) }
      return (await api.GET('/calendar/free', { params: { query }, signal })).data!.starts
    },
  })

/** Does something to customers, says so, and has everything about them read again. */
export const useDeed = <Wish, Answer>(deed: (wish: Wish) => Promise<Answer>, said: string) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: deed,
    onSuccess: () => {
      say(said)
      return client.invalidateQueries({ queryKey: [KEY] })
    },
  })
}

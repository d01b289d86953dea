import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { useBusiness } from '../../app/business.ts'
import { addDays, dayIn } from '../../parts/moments.ts'
import { useSession } from '../../app/session.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const SHOWN = 5

/** Messages that nobody has done, the first few. */
export const useMessagesToDo = () =>
  useQuery({
    queryKey: ['messages', 'home'],
    queryFn: async () => (await api.GET('/messages', { params: { query: { done: 'false', limit: SHOWN } } })).data!,
    refetchInterval: MINUTE_MS / 2,
  })

/** Calls of the last 24 hours that had a problem, the first few; of a simulated carrier all calls are tests. */
export const useWrongCalls = () => {
  const { data: session } = useSession()
  const real = session?.isCarrierSimulated ? {} : ({ test: 'false' } as const)
  return useQuery({
    enabled: session !== undefined,
    queryKey: ['calls', 'home', real],
    queryFn: async () => {
      const from = new Date(Date.now() - DAY_MS).toISOString()
      return (await api.GET('/calls', { params: { query: { problem: 'any', from, ...real, limit: SHOWN } } })).data!
    },
    refetchInterval: MINUTE_MS / 2,
  })
}

/** What the doctor finds that is not as it should be. */
export const useDoctor = (enabled: boolean) =>
  useQuery({
    enabled,
    queryKey: ['doctor', 'home'],
    queryFn: async () => (await api.GET('/doctor')).data!.findings.filter(({ outcome }) => outcome !== 'ok'),
    staleTime: 5 * MINUTE_MS,
  })

/** Figures of today, and outcomes of the same weekday a week ago. */
export const useToday = () => {
  const { zone } = useBusiness()
  return useQuery({
    queryKey: ['stats', 'home', zone],
    queryFn: async () => {
      const now = Date.now()
      const today = dayIn(zone, now)
      // Of the calendar: a week in which the clocks change is not seven times 24 hours.
      const then = addDays(today, -7)
      const ask = async (of: 'outcomes' | 'latency' | 'cost', by: 'hour' | 'day', from: string, to?: string) =>
        (await api.GET('/stats', { params: { query: { of, by, from, ...(to ? { to } : {}) } } })).data!
      const [hours, before, latency, cost] = await Promise.all([
        ask('outcomes', 'hour', today),
        ask('outcomes', 'hour', then, then),
        ask('latency', 'day', today),
        ask('cost', 'day', today),
      ])
      return {
        now,
        hours: hours.of === 'outcomes' ? (hours.series[0]?.buckets ?? []) : [],
        before: before.of === 'outcomes' ? (before.series[0]?.buckets ?? []) : [],
        latency: latency.of === 'latency' ? latency.series[0]?.whole : undefined,
        cost: cost.of === 'cost' ? cost.series[0]?.whole : undefined,
      }
    },
    refetchInterval: MINUTE_MS,
  })
}

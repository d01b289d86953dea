import { useQuery } from '@tanstack/react-query'
import { api } from '../api/client.ts'
import { browserZone } from '../parts/moments.ts'
import { useSession } from './session.ts'

/** The address of the query of the settings in force; invalidate it, and `SESSION_KEY`, after publishing. */
export const IN_FORCE_KEY = ['settings', 'in-force'] as const

/** The settings in force, with the whole document. */
export const useInForce = () =>
  useQuery({
    queryKey: IN_FORCE_KEY,
    queryFn: async () => (await api.GET('/settings')).data!,
    staleTime: 300_000,
  })

/** What every page needs of the business: its name and its time zone; of this browser until they are known. Comes with the session. */
export const useBusiness = (): { readonly name: string; readonly zone: string } => {
  const { data } = useSession()
  return { name: data?.business.name ?? 'llc-phone', zone: data?.business.timeZone ?? browserZone() }
}

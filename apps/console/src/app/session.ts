import { useQuery } from '@tanstack/react-query'
import { api } from '../api/client.ts'
import { mayDo, type Role } from './role.ts'

/** The address of the session's query. */
export const SESSION_KEY = ['session'] as const

/** Who is signed in; `undefined` until that is known. */
export const useSession = () =>
  useQuery({ queryKey: SESSION_KEY, queryFn: async () => (await api.GET('/session')).data!, staleTime: 60_000 })

/** Whether whoever is signed in may do what this role is needed for. */
export const useMay = (role: Role): boolean => {
  const { data } = useSession()
  return data !== undefined && mayDo(data.role, role)
}

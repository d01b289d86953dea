import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ApiError, onSignedOut } from '../api/client.ts'
import type { components } from '../api/openapi.ts'
import { queryClient } from '../api/query.ts'
import { mayDo, type Role } from './role.ts'

/** The address of the session's query. */
export const SESSION_KEY = ['session'] as const

/** Who is signed in, and what gateway this is. */
export type Session = components['schemas']['Session']

const readSession = async (): Promise<Session | null> => {
  try {
    return (await api.GET('/session')).data!
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null
    throw error
  }
}

/** Who is signed in; `null`: nobody; `undefined` until that is known. */
export const useSession = () => useQuery({ queryKey: SESSION_KEY, queryFn: readSession, staleTime: 60_000 })

/** The same, with who was signed in last: the page of somebody whose session is over is kept. */
export const useSignedIn = () => {
  const { data, error, refetch } = useSession()
  const [last, setLast] = useState<Session>()
  if (data && data !== last) setLast(data)
  return { data, error, refetch, last: data ?? last }
}

/** Whether whoever is signed in may do what this role is needed for. */
export const useMay = (role: Role): boolean => {
  const { data } = useSession()
  return data ? mayDo(data, role) : false
}

onSignedOut(() => queryClient.setQueryData(SESSION_KEY, null))

/** Signs in with a key; what the page shows is read anew. Throws the gateway's refusal. */
export const signIn = async (key: string): Promise<void> => {
  const { data } = await api.POST('/session', { body: { key } })
  queryClient.setQueryData(SESSION_KEY, data!)
  void queryClient.invalidateQueries()
}

/** Signs out, and forgets all that was read. */
export const signOut = async (): Promise<void> => {
  await api.DELETE('/session')
  queryClient.clear()
  location.assign('/console/')
}

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { components } from '../../api/openapi.ts'

/** A person, and a key, as the gateway tells them. */
export type Person = components['schemas']['Person']
export type Key = components['schemas']['Key']

const PEOPLE = ['people'] as const
const KEYS = ['keys'] as const

/** Everybody; for an owner. */
export const usePeople = (isOwner: boolean) =>
  useQuery({
    queryKey: PEOPLE,
    queryFn: async () => (await api.GET('/people')).data!.people,
    enabled: isOwner,
  })

/** Your keys; for an owner, those of everybody. */
export const useKeys = () => useQuery({ queryKey: KEYS, queryFn: async () => (await api.GET('/keys')).data!.keys })

/** Has both read anew, and whatever depends on who is signed in. */
export const usePeopleChanged = () => {
  const client = useQueryClient()
  return () =>
    Promise.all([PEOPLE, KEYS, ['sessions'], ['session']].map((queryKey) => client.invalidateQueries({ queryKey })))
}

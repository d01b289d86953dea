import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { say, sayError } from '../../parts/say.ts'

const KEY = 'numbers'
const AT_TWILIO = 'number-at-twilio'

/** Our numbers and what they answer as. */
export const useNumbers = () =>
  useQuery({
    queryKey: [KEY],
    refetchInterval: 60_000,
    queryFn: async ({ signal }) => (await api.GET('/numbers', { signal })).data!,
  })

/** Who has moved a number; the latest first. */
export const useHistory = (number: string) =>
  useQuery({
    queryKey: [KEY, 'history', number],
    queryFn: async () =>
      (await api.GET('/numbers/{number}/history', { params: { path: { number }, query: { limit: 20 } } })).data!
        .changes,
  })

/** The last call to a number, if there was one. */
export const useLastCall = (number: string) =>
  useQuery({
    queryKey: ['calls', 'last-of', number],
    queryFn: async () => (await api.GET('/calls', { params: { query: { number, limit: 1 } } })).data!.calls[0] ?? null,
  })

/** How a number is set at Twilio. Not asked again by itself: an error says since when it is not known. */
export const useAtTwilio = (number: string, isWanted: boolean) =>
  useQuery({
    queryKey: [AT_TWILIO, number],
    enabled: isWanted,
    retry: false,
    staleTime: 60_000,
    queryFn: async ({ signal }) =>
      (await api.GET('/numbers/{number}/twilio', { params: { path: { number } }, signal })).data!,
  })

/** Has an instance answer a number; `null` leaves it to the settings again. */
export const useMove = () => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ number, mode }: { number: string; mode: string | null }) =>
      mode === null
        ? (await api.DELETE('/numbers/{number}', { params: { path: { number }, query: {} } })).data!
        : (await api.PUT('/numbers/{number}', { params: { path: { number } }, body: { mode } })).data!,
    onSuccess: ({ number, mode }) => {
      say(`${number} answers as ${mode} from its next call on.`)
      return client.invalidateQueries({ queryKey: [KEY] })
    },
  })
}

/** Has Twilio send the calls of a number here. */
export const useSetAtTwilio = () => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (number: string) =>
      (await api.POST('/numbers/{number}/twilio', { params: { path: { number } } })).data!,
    onSuccess: (answer, number) => {
      client.setQueryData([AT_TWILIO, number], { changes: [], finding: answer.finding })
      say(
        answer.changes.length === 0 ? 'Nothing had to be changed.' : `Set at Twilio: ${answer.changes.length} changes.`,
      )
      return client.invalidateQueries({ queryKey: [AT_TWILIO, number] })
    },
    onError: sayError,
  })
}

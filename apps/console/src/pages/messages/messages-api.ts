import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { paths } from '../../api/openapi.ts'
import { say, sayError } from '../../parts/say.ts'
import { callerOf, type Message } from './messages-words.ts'

/** One page of messages, as the route answers it. */
interface MessagePage {
  messages: Message[]
  toDo: number
  urgent: number
  done: number
  next?: string | undefined
}

/** Which messages, as the route's parameters say it. */
export type MessageQuery = NonNullable<paths['/messages']['get']['parameters']['query']>

const KEY = 'messages'
/** Pages of messages; other queries below the key hold something else, such as how many are to do. */
const LIST = [KEY, 'list'] as const
const PAGE = 50
/** New messages appear within this. */
const AGAIN_MS = 30_000

/** A page of messages; read again now and then. `isWanted: false` reads nothing. */
export const useMessages = (query: MessageQuery, isWanted = true) =>
  useQuery({
    queryKey: [...LIST, query],
    enabled: isWanted,
    refetchInterval: AGAIN_MS,
    queryFn: async ({ signal }) =>
      (await api.GET('/messages', { params: { query: { ...query, limit: PAGE } }, signal })).data!,
  })

/** What may change about a message. */
type Change = { readonly done: boolean } | { readonly assignedTo: string | null }

const changed = (message: Message, change: Change, by: string): Message => {
  if (!('done' in change)) {
    const { assignedTo: _before, ...rest } = message
    return { ...rest, ...(change.assignedTo === null ? {} : { assignedTo: change.assignedTo }) }
  }
  const { doneAt: _at, doneBy: _by, ...rest } = message
  return { ...rest, ...(change.done ? { doneAt: new Date().toISOString(), doneBy: by } : {}) }
}

/** Changes a message at once on the page, and takes it back when the gateway refuses. */
export const useChange = (me: string) => {
  const client = useQueryClient()
  const onPages = (edit: (page: MessagePage) => MessagePage) =>
    client.setQueriesData<MessagePage>({ queryKey: LIST }, (page) => page && edit(page))
  const put = (id: string, replace: (message: Message) => Message, toDo = 0) =>
    onPages((page) => ({
      ...page,
      toDo: page.toDo + toDo,
      done: page.done - toDo,
      messages: page.messages.map((each) => (each.id === id ? replace(each) : each)),
    }))
  return useMutation({
    // One after the other: what was pressed last counts.
    scope: { id: KEY },
    mutationFn: ({ message, change }: { message: Message; change: Change }) =>
      api.PATCH('/messages/{id}', { params: { path: { id: message.id } }, body: change }),
    onMutate: async ({ message, change }) => {
      await client.cancelQueries({ queryKey: LIST })
      put(message.id, (each) => changed(each, change, me), 'done' in change ? (change.done ? -1 : 1) : 0)
    },
    onSuccess: (_answer, { message, change }) => {
      // Where the message stands it stays, so that it can be undone; all else is read again.
      void client.invalidateQueries({
        queryKey: [KEY],
        predicate: ({ state }) =>
          !(state.data as Partial<MessagePage> | undefined)?.messages?.some(({ id }) => id === message.id),
      })
      if ('done' in change && change.done) say(`Done: ${callerOf(message)}. It can be undone on the message.`)
    },
    onError: (error, { message, change }) => {
      put(message.id, () => message, 'done' in change ? (change.done ? 1 : -1) : 0)
      sayError(error)
    },
  })
}

/** Shows a message with its whole numbers; the gateway notes that somebody looked. */
export const useReveal = () => {
  const client = useQueryClient()
  return async (id: string): Promise<Message> => {
    const { data } = await api.GET('/messages/{id}', { params: { path: { id }, query: { reveal: 'true' } } })
    client.setQueriesData<MessagePage>(
      { queryKey: LIST },
      (page) => page && { ...page, messages: page.messages.map((each) => (each.id === id ? data! : each)) },
    )
    return data!
  }
}

/** Sends a message again to where messages go now. */
export const useDeliverAgain = () => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (id: string) => (await api.POST('/messages/{id}/deliver', { params: { path: { id } } })).data!,
    onSuccess: ({ destinations }) => {
      say(
        destinations.length === 0
          ? 'It goes nowhere: no destination is set for messages like this one.'
          : `Sent again to ${destinations.join(', ')}.`,
      )
      void client.invalidateQueries({ queryKey: [KEY] })
    },
    onError: sayError,
  })
}

import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { api } from '../../api/client.ts'
import type { Story } from './story.ts'

/** The call before this one: the list goes on from here. */
const olderThan = async ({ startedAt, callId }: Pick<Story, 'startedAt' | 'callId'>) => {
  const after = `ended_${startedAt}_${callId}`
  const { data } = await api.GET('/calls', { params: { query: { limit: 1, after } } })
  return data!.calls.find((call) => call.callId !== callId)?.callId ?? null
}

/** The call after this one: the last of those that began since; of the newest 200 when there are more. */
const newerThan = async ({ startedAt, callId }: Pick<Story, 'startedAt' | 'callId'>) => {
  const { data } = await api.GET('/calls', { params: { query: { limit: 200, from: startedAt } } })
  const later = data!.calls
    .filter((call) => call.callId !== callId && call.startedAt >= startedAt)
    .toSorted((one, other) => one.startedAt.localeCompare(other.startedAt))
  return later[0]?.callId ?? null
}

/** Steps to the calls before and after. */
export const Beside = ({ story }: { story: Story }) => {
  const { data } = useQuery({
    queryKey: ['call', story.callId, 'beside'],
    queryFn: async () => {
      const [older, newer] = await Promise.all([olderThan(story), newerThan(story)])
      return { older, newer }
    },
    staleTime: 30_000,
    // Another call must not stand in for this one.
    placeholderData: () => undefined,
  })
  return (
    <>
      {data?.older ? <Link href={`/calls/${data.older}`}>‹ older</Link> : null}
      {data?.newer ? <Link href={`/calls/${data.newer}`}>newer ›</Link> : null}
    </>
  )
}

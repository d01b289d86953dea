import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { api } from '../../api/client.ts'

/** Steps to the calls that began before and after this one. */
export const Beside = ({ callId }: { callId: string }) => {
  const { data } = useQuery({
    queryKey: ['call', callId, 'beside'],
    queryFn: async () => (await api.GET('/calls/{id}/beside', { params: { path: { id: callId } } })).data!,
    staleTime: 30_000,
    // Those of another call must not stand in for them.
    placeholderData: () => undefined,
  })
  return (
    <>
      {data?.older ? <Link href={`/calls/${data.older}`}>‹ older</Link> : null}
      {data?.newer ? <Link href={`/calls/${data.newer}`}>newer ›</Link> : null}
    </>
  )
}

import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api } from '../../api/client.ts'
import { listenToCall } from '../../api/feed.ts'
import { queryClient } from '../../api/query.ts'
import { isLive } from './story.ts'

/** News of a call come in bursts: the story is read again at most this often. */
const READ_AT_MOST_EVERY_MS = 500
/** Read again this often in any case: what is being played is in no event. */
const READ_EVERY_MS = 2_000
/** A live picture moves four times a second. */
const STEP_MS = 250
/** The end of a call is written a moment after it. */
const SETTLES_AFTER_MS = 1_500

/** The story of a call; of one that goes on, it is read again when something happens in it. */
export const useCall = (id: string) => {
  const query = useQuery({
    queryKey: ['call', id],
    queryFn: async () => (await api.GET('/calls/{id}', { params: { path: { id }, query: { events: 'false' } } })).data!,
    refetchInterval: ({ state }) => (state.data && isLive(state.data) ? READ_EVERY_MS : false),
    // Another call must not stand in for this one.
    placeholderData: () => undefined,
  })
  const isOn = query.data !== undefined && isLive(query.data)
  const callId = query.data?.callId
  useEffect(() => {
    if (!isOn || callId === undefined) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const read = (afterMs: number) => {
      timer ??= setTimeout(() => {
        timer = undefined
        void queryClient.invalidateQueries({ queryKey: ['call', id] })
      }, afterMs)
    }
    const stop = listenToCall(
      callId,
      ({ type }) => read(type === 'ended' ? SETTLES_AFTER_MS : READ_AT_MOST_EVERY_MS),
      () => read(0),
    )
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [isOn, callId, id])
  return query
}

/** How far a call that goes on has come (ms), four times a second; `undefined` once it is over. */
export const useNowInCall = (startedAt: string | undefined, isOn: boolean): number | undefined => {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!isOn) return
    const timer = setInterval(() => setNow(Date.now()), STEP_MS)
    return () => clearInterval(timer)
  }, [isOn])
  return isOn && startedAt !== undefined ? Math.max(0, now - Date.parse(startedAt)) : undefined
}

import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api } from '../../api/client.ts'
import { listenToCall } from '../../api/feed.ts'
import { queryClient } from '../../api/query.ts'
import { isLive, type Story } from './story.ts'

/** News of a call come in bursts: the story is read again at most this often. */
const READ_AT_MOST_EVERY_MS = 500
/** Read again this often in any case: what is being played is in no event. */
const READ_EVERY_MS = 2_000
/** A live picture moves four times a second. */
const STEP_MS = 250
/** The end of a call is written a moment after it; a recording is complete some seconds later. */
const SETTLES_AFTER_MS = 1_500
const SETTLED_AFTER_MS = 12_000
/** The caller talks with a person: what became of it is told when they hang up. */
const READ_AWAY_EVERY_MS = 10_000
const AWAY_AT_MOST_MS = 7_200_000

/** When to read a call again (ms); `false`: nothing of it changes any more. */
const readAgainAfter = (story: Story | undefined): number | false => {
  if (!story) return false
  if (isLive(story)) return READ_EVERY_MS
  const { endedAt, assistantEndedAt } = story
  const sinceMs = (at: string) => Date.now() - Date.parse(at)
  if (endedAt !== undefined) return sinceMs(endedAt) < SETTLED_AFTER_MS ? READ_EVERY_MS : false
  return assistantEndedAt !== undefined && sinceMs(assistantEndedAt) < AWAY_AT_MOST_MS ? READ_AWAY_EVERY_MS : false
}

/** The story of a call; of one that goes on, it is read again when something happens in it. */
export const useCall = (id: string) => {
  const query = useQuery({
    queryKey: ['call', id],
    queryFn: async () => (await api.GET('/calls/{id}', { params: { path: { id }, query: { events: 'false' } } })).data!,
    refetchInterval: ({ state }) => readAgainAfter(state.data),
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
        void queryClient.invalidateQueries({ queryKey: ['call', id], exact: true })
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

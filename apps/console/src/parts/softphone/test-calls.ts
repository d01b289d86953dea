import type { RingChoices } from '@llc-phone/virtual-carrier/line-protocol'
import { api } from '../../api/client.ts'
import type { RingOrder } from './call-state.ts'

/** What can be rung. */
export const readChoices = async (): Promise<RingChoices> => {
  const { data } = await api.GET('/test-calls')
  return data!
}

/** Asks for a test call; it rings once somebody connects to its line. */
export const placeTestCall = async (order: RingOrder): Promise<{ callId: string; line: string }> => {
  const { data } = await api.POST('/test-calls', { body: order })
  return data!
}

/** Ends a call apart from its line; the request outlives a page that goes away. */
export const hangUpByRequest = (callId: string): void =>
  void fetch(`/calls/${encodeURIComponent(callId)}/hangup`, {
    method: 'POST',
    keepalive: true,
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  }).catch(() => undefined)

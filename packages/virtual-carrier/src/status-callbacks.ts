/** Tells the gateway how a call goes on: at most once per status, in order, unless the faults say otherwise. */
import type { CallStatus } from './types.ts'
import type { Leg, Subscription } from './world.ts'

/** Reports statuses of one leg. */
export interface StatusCallbacks {
  report(status: CallStatus): void
  /** Sends what a reordering holds back. */
  flush(): void
}

const eventOf: Partial<Record<CallStatus, string>> = {
  initiated: 'initiated',
  ringing: 'ringing',
  'in-progress': 'answered',
}
const sipCodes: Partial<Record<CallStatus, string>> = {
  completed: '200',
  busy: '486',
  'no-answer': '480',
  failed: '404',
}

/** Callbacks for the leg; none without a subscription. */
export function createStatusCallbacks(subscription: Subscription | undefined, getLeg: () => Leg): StatusCallbacks {
  let number = 0
  let sending: Promise<unknown> = Promise.resolve()
  let held: Record<string, string> | undefined

  const send = (params: Record<string, string>): void => {
    const leg = getLeg()
    const times = leg.world.faults.duplicateStatus ? 2 : 1
    const { url, method, isSupposed } = subscription!
    for (let i = 0; i < times; i++) {
      sending = sending.then(() => leg.notify(url, method, params, 'status', isSupposed))
    }
    leg.track(sending)
  }
  return {
    report(status) {
      const event = eventOf[status] ?? 'completed'
      if (!subscription?.events.includes(event) || status === 'queued') return
      const leg = getLeg()
      const seconds = leg.answeredAtMs === undefined ? 0 : Math.round((leg.line.nowMs() - leg.answeredAtMs) / 1000)
      const params = {
        ...leg.fields(),
        CallStatus: status,
        CallbackSource: 'call-progress-events',
        SequenceNumber: String(number++),
        Timestamp: new Date().toUTCString().replace('GMT', '+0000'),
        ...(event === 'completed' && {
          CallDuration: String(seconds),
          Duration: String(Math.ceil(seconds / 60)),
          SipResponseCode: sipCodes[status] ?? '487',
        }),
      }
      // Its number is missing, which is how a receiver could tell.
      if (leg.world.faults.dropStatus?.includes(status)) return
      if (leg.world.faults.reorderStatus && !held) {
        held = params
        return
      }
      send(params)
      this.flush()
    },
    flush() {
      if (held) send(held)
      held = undefined
    },
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { e164, type Carrier, type E164 } from '@llc-phone/core'
import { deafListener, testCarrier, type CalleeBehaviour, type PlacingTrouble } from '@llc-phone/core/testing'
import type { FarEnd, RestFault } from '@llc-phone/sim'
import { expect } from 'vitest'
import { OWN, startRig } from './support/rig.ts'

const farEnds: Readonly<Record<CalleeBehaviour, FarEnd>> = {
  rings: { outcome: 'answers', afterMs: 120_000 },
  answers: { outcome: 'answers' },
  hangsUp: { outcome: 'answers', hangsUpAfterMs: 200 },
  busy: { outcome: 'busy' },
  fails: { outcome: 'failed' },
}

const faults: Readonly<Record<Exclude<PlacingTrouble, 'unsent'>, RestFault>> = {
  refused: { status: 400, code: 21215, message: 'Not to +14155550120' },
  busy: { status: 429, code: 20429 },
  lost: { lost: true },
  placedButLost: { lost: true, accepted: true },
}

const WITHIN_MS = 15_000

testCarrier('Twilio', async () => {
  const rig = await startRig()
  const { carrier } = rig.twilioLine
  const manners = new Map<string, CalleeBehaviour>()
  rig.twilio.setFarEnd((to) => farEnds[manners.get(to) ?? 'answers'])
  let nth = 0

  /** Calls that are placed have audio, so that they stay up. */
  const withAudio = (from: Carrier): Carrier => ({
    ...from,
    place(placing) {
      const call = rig.add()
      call.attach = (accept) => void accept(deafListener, () => true)
      return from.place({ ...placing, callId: call.facts.callId })
    },
  })

  const unreached = async (): Promise<Carrier> => {
    const other = await startRig({ apiUrl: 'http://127.0.0.1:1' })
    others.push(other)
    return other.twilioLine.carrier
  }
  const others: Awaited<ReturnType<typeof startRig>>[] = []

  return {
    carrier: withAudio(carrier),
    ours: [OWN, e164('+14155550101')],
    callee(manner): E164 {
      const number = e164(`+141555501${20 + nth++}`)
      manners.set(number, manner)
      return number
    },
    async troubled(trouble) {
      if (trouble === 'unsent') return unreached()
      rig.twilio.setFaults({ rest: { method: 'POST', path: '/Calls.json', ...faults[trouble] } })
      return withAudio(carrier)
    },
    now: () => new Date(),
    async until(condition) {
      const deadline = performance.now() + WITHIN_MS
      while (!(await condition())) {
        if (performance.now() > deadline) expect.fail('It did not come about.')
        await sleep(20)
      }
    },
    async close() {
      await rig.close()
      for (const other of others) await other.close()
    },
  }
})

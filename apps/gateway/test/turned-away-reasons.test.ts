import { expect, it } from 'vitest'
import type { Refusal } from '../src/admission.ts'
import { fakeRegistry } from './support/fake-calls.ts'
import { callSidOf, IVR_DID, ringing, testGateway } from './support/gateway.ts'

const outage = { code: 'model_unreachable', kind: 'failed', since: 0 } as const

const full: Refusal = { code: 'calls_full', why: 'calls', reason: 'full', mayRing: true }
const cases: readonly (readonly [string, Parameters<typeof testGateway>[1]])[] = [
  ['outage', { model: { outage } }],
  ['draining', { turnsAway: () => true }],
  ['calls', { admission: { refuse: () => full } }],
]

it.each(cases)(
  'a caller who is turned away because of "%s" is put through, and counted once in metrics and journal',
  async (reason, deps) => {
    const journal: unknown[] = []
    const {
      post,
      deps: { metrics },
    } = await testGateway(fakeRegistry().registry, {
      ...deps,
      countTurnedAway: (dialled, why) => void journal.push([dialled, why]),
    })
    const { body } = await post('/twiml', ringing(callSidOf(1)))
    expect(body).toMatch(/<Say [^>]*>We are sorry.*<Dial/s)
    expect(journal).toEqual([[IVR_DID, reason]])
    expect(await metrics.read()).toMatch(new RegExp(`^llc_calls_turned_away_total\\{reason="${reason}"\\} 1$`, 'm'))
  },
)

it('a call that is up before an outage is shown keeps its session when its webhook comes again', async () => {
  const model: { outage?: typeof outage } = {}
  const journal: unknown[] = []
  const { post } = await testGateway(fakeRegistry().registry, {
    model: model as never,
    countTurnedAway: (_dialled, why) => void journal.push(why),
  })
  const first = await post('/twiml', ringing(callSidOf(1)))
  model.outage = outage
  expect((await post('/twiml', ringing(callSidOf(1)))).body).toBe(first.body)
  expect(journal).toEqual([])
})

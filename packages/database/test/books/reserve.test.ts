import { assert, asyncProperty, constantFrom, integer, record } from 'fast-check'
import { expect, it } from 'vitest'
import { at, limits, numberOf, wish } from '@llc-phone/store/testing'
import { testDatabase } from '../../src/testing/test-database.ts'

it(
  'the daily spend is gone over by one call at most, however many ask at once at two processes',
  { timeout: 120_000 },
  async () => {
    const database = await testDatabase()
    const stores = [await database.open(), await database.open()]
    let day = 0
    await assert(
      asyncProperty(
        record({
          asking: integer({ min: 1, max: 25 }),
          perDayCents: integer({ min: 0, max: 1_000 }),
          reserveCents: constantFrom(1, 50, 100, 333),
          costCents: integer({ min: 0, max: 400 }),
          endEvery: integer({ min: 2, max: 5 }),
        }),
        async ({ asking, perDayCents, reserveCents, costCents, endEvery }) => {
          day++
          const dayStart = at(day * 24)
          const today = limits({
            at: dayStart,
            dayStart,
            dayEnd: at(day * 24 + 24),
            perDayUsd: perDayCents / 100,
            reserveUsd: reserveCents / 100,
          })
          const answers = await Promise.all(
            Array.from({ length: asking }, async (_, n) => {
              const { outbound } = stores[n % 2]!
              const callId = `call ${day}.${n}`
              await outbound.begin(wish(callId, { to: numberOf(n), requestedAt: dayStart }))
              const answer = await outbound.reserve(callId, today)
              // A cost above the reserve is money spent already, not a place given too freely.
              if (answer.granted && n % endEvery === 0)
                await outbound.change(callId, { state: 'ended', costUsd: Math.min(costCents, reserveCents) / 100 })
              return answer
            }),
          )
          const granted = answers.filter((answer) => answer.granted).length
          for (const answer of answers)
            if (!answer.granted) expect(answer).toEqual({ granted: false, gate: 'spend', until: today.dayEnd })
          const calls = (await stores[0]!.outbound.recent(asking)).filter(({ dialledAt }) => dialledAt)
          expect(calls).toHaveLength(granted)
          const spentCents = calls.reduce(
            (sum, { costUsd }) => sum + (costUsd === undefined ? reserveCents : Math.round(costUsd * 100)),
            0,
          )
          expect(spentCents).toBeLessThan(perDayCents + reserveCents)
          // And it stops nobody too early.
          if (granted < asking) expect(granted * reserveCents).toBeGreaterThanOrEqual(perDayCents)
          await Promise.all(calls.map(({ callId }) => stores[0]!.outbound.change(callId, { state: 'ended' })))
        },
      ),
      // A run that fails leaves calls behind that count in the next: no smaller example can be looked for.
      { numRuns: 40, endOnFailure: true },
    )
  },
)

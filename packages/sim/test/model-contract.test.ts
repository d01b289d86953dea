import { realtimeProvider, systemClock, withBreaker, withPool, type ModelProvider } from '@llc-phone/core'
import { testModel, warmUp, type ModelRig } from '@llc-phone/core/testing'
import { expect, vi } from 'vitest'
import { parseDialogue } from '../src/realtime/dialogue.ts'
import { createRealtimeServer } from '../src/realtime/server.ts'
import { speak } from '@llc-phone/virtual-carrier/voice'

const dialogue = parseDialogue(
  JSON.parse(`{
    "mode": "contract",
    "tools": ["look_up"],
    "greeting": "Good morning.",
    "unheard": "I did not understand.",
    "resumes": "Where were we? Let me go on from there, and tell me when I am too fast.",
    "cannot": "I cannot do that.",
    "failed": "It did not work.",
    "exchanges": [
      {
        "reads": ["announce"],
        "says": "One moment please, I will look that up for you.",
        "calls": [{ "tool": "look_up" }],
        "then": ["I have found what you were looking for."]
      },
      { "reads": ["look it up"], "calls": [{ "tool": "look_up" }], "then": ["I have found what you were looking for."] }
    ]
  }`),
)

/** A provider in its wrapping, and whether it has warm sessions for calls, where it has any. */
interface Wrapped {
  readonly provider: ModelProvider
  isWarm?(): boolean
  stop?(): void
}

const asItIs = (provider: ModelProvider): Wrapped => ({ provider })
const guarded = (provider: ModelProvider): Wrapped => ({
  provider: withBreaker({ clock: systemClock, provider, voice: 'cedar', timeoutMs: 10_000 }),
})
const pooled = (provider: ModelProvider): Wrapped => {
  const pool = withPool({ clock: systemClock, provider, most: 4 })
  return { provider: pool, isWarm: () => pool.idle > 1, stop: () => pool.stop() }
}

const served = [
  ['ga', 'gpt-realtime-1.5', '', asItIs],
  ['ga', 'gpt-realtime-2.1-mini', '', asItIs],
  ['flat', 'gpt-realtime-1.5', '', asItIs],
  ['ga', 'gpt-realtime-1.5', ', behind a breaker', guarded],
  ['ga', 'gpt-realtime-1.5', ', out of a pool', pooled],
  ['flat', 'gpt-realtime-1.5', ', out of a pool', pooled],
] as const

for (const [dialect, model, how, wrap] of served)
  testModel(`realtime over ${dialect}, ${model}${how}`, async () => {
    const server = await createRealtimeServer({
      dialect,
      dialogues: [dialogue],
      latency: { createdMs: 1, updatedMs: 1, firstAudioMs: 1, audioSpeed: 20 },
    })
    const speech = await speak('can you hear me', 'rms')
    const wrapped = wrap(realtimeProvider({ url: server.url, apiKey: 'sk', model, dialect }))
    const rig: ModelRig = {
      speech: speech.subarray(0, speech.length - (speech.length % 160)),
      provider: wrapped.provider,
      until: (condition) => vi.waitFor(() => expect(condition()).toBe(true), { timeout: 10_000, interval: 5 }),
      drop() {
        for (const session of server.sessions) if (session.isOpen) session.drop(1006)
      },
      async close() {
        wrapped.stop?.()
        for (const { earlyEvents, log } of server.sessions) {
          expect(earlyEvents).toBe(0)
          const refused = log.entries.filter(({ event }) => event.type === 'error').map(({ event }) => event['error'])
          expect(
            refused.filter((error) => /unknown_parameter|_max_/.test(String((error as { code: unknown }).code))),
          ).toEqual([])
        }
        await server.close()
        expect(server.violations).toEqual([])
      },
    }
    return wrapped.isWarm ? warmUp(rig, () => wrapped.isWarm!()) : rig
  })

import { realtimeProvider, systemClock, withBreaker, type ModelProvider } from '@llc-phone/core'
import { testModel } from '@llc-phone/core/testing'
import { expect, vi } from 'vitest'
import { parseDialogue } from '../src/realtime/dialogue.ts'
import { createRealtimeServer } from '../src/realtime/server.ts'
import { speak } from '../src/speech/voice.ts'

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

const asItIs = (provider: ModelProvider): ModelProvider => provider
const guarded = (provider: ModelProvider): ModelProvider =>
  withBreaker({ clock: systemClock, provider, voice: 'cedar', timeoutMs: 10_000 })

const served = [
  ['ga', 'gpt-realtime-1.5', '', asItIs],
  ['ga', 'gpt-realtime-2.1-mini', '', asItIs],
  ['flat', 'gpt-realtime-1.5', '', asItIs],
  ['ga', 'gpt-realtime-1.5', ', behind a breaker', guarded],
] as const

for (const [dialect, model, how, wrap] of served)
  testModel(`realtime over ${dialect}, ${model}${how}`, async () => {
    const server = await createRealtimeServer({
      dialect,
      dialogues: [dialogue],
      latency: { createdMs: 1, updatedMs: 1, firstAudioMs: 1, audioSpeed: 20 },
    })
    const speech = await speak('can you hear me', 'rms')
    return {
      speech: speech.subarray(0, speech.length - (speech.length % 160)),
      provider: wrap(realtimeProvider({ url: server.url, apiKey: 'sk', model, dialect })),
      until: (condition) => vi.waitFor(() => expect(condition()).toBe(true), { timeout: 10_000, interval: 5 }),
      drop: () => server.sessions.at(-1)!.drop(1006),
      async close() {
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
  })

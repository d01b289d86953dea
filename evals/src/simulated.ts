import { createRealtimeServer, type RealtimeServerOptions } from '@llc-phone/sim'
import type { Served } from './evaluate.ts'
import { idealDialogue } from './ideal.ts'
import type { Situation } from './situation.ts'

const AT_ONCE = { connectMs: 0, createdMs: 0, updatedMs: 0, firstAudioMs: 1 }

/** A simulated server that follows the ideal answers of one situation: it proves that the call works, not that a prompt does. */
export const serveSimulated =
  (
    model: string,
    options: Pick<RealtimeServerOptions, 'dialect' | 'faults' | 'latency'> & { readonly answerWithinMs?: number } = {},
  ) =>
  async (situation: Situation): Promise<Served> => {
    const { answerWithinMs = 10_000, dialect = 'ga', latency = AT_ONCE, faults } = options
    const server = await createRealtimeServer({
      dialect,
      dialogues: [idealDialogue(situation)],
      models: 'any',
      latency,
      ...(faults ? { faults } : {}),
    })
    return {
      target: { url: server.url, apiKey: 'simulated', model, dialect, answerWithinMs },
      close: () => server.close(),
    }
  }

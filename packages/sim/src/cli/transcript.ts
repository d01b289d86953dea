/** Asks the gateway what was said; a gateway that does not tell is fine. */
import { askGateway } from './ask-gateway.ts'

/** What is read of `GET /calls/ID`; every part may be missing. */
interface CallStory {
  turns?: { speaker: string; text: string; atMs?: number }[]
  latency?: Record<string, unknown>
}

/** The words of one call. */
export interface Transcript {
  /** The assistant's turns that were not fetched before. */
  fetchNew(): Promise<string[]>
  story(): Promise<CallStory | undefined>
}

/** Reads with the operator's token, from the gateway on this machine. */
export function createTranscript(env: Record<string, string>, callSid: string): Transcript {
  let fetched = 0
  const story = async () => (await askGateway(env, `/calls/${callSid}`)) as CallStory | undefined
  return {
    story,
    async fetchNew() {
      const turns = (await story())?.turns ?? []
      const said = turns.filter(({ speaker, text }) => speaker === 'assistant' && text).map(({ text }) => text)
      const words = said.slice(fetched)
      fetched = Math.max(fetched, said.length)
      return words
    },
  }
}

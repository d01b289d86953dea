import * as z from 'zod'

const phrasesAnswer = z.object({ phrases: z.array(z.string()) })
const hintAnswer = z.object({ isUnderstood: z.boolean(), nearest: z.string().optional() })

const LIMIT_MS = 2_000

/** Asks a simulated model what it understands of a mode's callers. Rejects when it is no simulator of ours. */
export const askSimulatedModel = (realtimeUrl: string, mode: string) => {
  const ask = async (query: Record<string, string>): Promise<unknown> => {
    const url = new URL('/sim/phrases', realtimeUrl.replace(/^ws/, 'http'))
    url.search = new URLSearchParams({ mode, ...query }).toString()
    const answer = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS) })
    if (!answer.ok) throw new Error(`The model answered ${answer.status}.`)
    return answer.json()
  }
  return {
    phrases: async (): Promise<readonly string[]> => phrasesAnswer.parse(await ask({})).phrases,
    async hint(text: string) {
      const { isUnderstood, nearest } = hintAnswer.parse(await ask({ line: text }))
      return { isUnderstood, ...(nearest === undefined ? {} : { nearest }) }
    },
  }
}

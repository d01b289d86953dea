import { attempt, oneLine } from '@llc-phone/core'
import type { OutboundContext } from './known.ts'
import type { NotesPort } from './ports.ts'

/**
 * Notes the newest word about something, `outcome: confirmed`, once however often it is reported, and in one line, so that
 * nobody can say something that reads like two notes. Resolves, with whether it was new, when it is durable; a failure reaches
 * the model as `sentence`, and the next try notes it again.
 */
export const noteLatest = async (
  notes: NotesPort,
  about: string,
  value: string,
  sentence: string,
  { facts, known, signal }: OutboundContext,
): Promise<boolean> => {
  const text = `${about}: ${oneLine(value)}`
  const last = known.noted.get(about)
  if (last?.text === text) {
    await attempt(sentence, signal, () => last.stored)
    return false
  }
  const entry = { text, stored: notes.add({ callId: facts.callId, text }) }
  known.noted.set(about, entry)
  entry.stored.catch(() => {
    if (known.noted.get(about) === entry) known.noted.delete(about)
  })
  await attempt(sentence, signal, () => entry.stored)
  return true
}

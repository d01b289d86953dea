import { attempt, defineTool, oneLine, type Tool } from '@llc-phone/core'
import * as z from 'zod'
import type { OutboundContext, OutboundKnown } from '../known.ts'
import type { NotesPort } from '../ports.ts'

/** Notes something for colleagues; the assistant does not speak of it. */
export const addCallNote = (notes: NotesPort): Tool<OutboundKnown> =>
  defineTool({
    name: 'add_call_note',
    effect: 'note',
    description:
      'Notes for colleagues what was said or wished, such as a better time to call. Go on talking as you call it; do not mention it.',
    result: 'silent',
    input: z.strictObject({ note: z.string().trim().min(1).max(500) }),
    async run({ note }, { facts, signal }: OutboundContext) {
      await attempt('The note could not be stored. Say so, and ask them to ring us about it.', signal, () =>
        notes.add({ callId: facts.callId, text: oneLine(note) }),
      )
      return { status: 'stored' }
    },
  })

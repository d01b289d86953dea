import { attempt, defineTool, inTime, oneLine, systemClock, writesWhen, type Tool } from '@llc-phone/core'
import * as z from 'zod'
import type { OptOut, OutboundContext, OutboundKnown } from '../known.ts'
import type { DoNotCallPort, NotesPort } from '../ports.ts'

/** Limit of one try: three must fit into a tool's time limit, and into the patience of an annoyed callee. */
const TRY_MS = 2_000

/**
 * Never rejects. Tries the list twice, then writes a note for colleagues. It goes on after a hang-up: the opt-out still
 * counts.
 */
const optOut = async (
  doNotCall: DoNotCallPort,
  notes: NotesPort,
  { facts: { otherParty: callee, callId } }: OutboundContext,
  reason: string | undefined,
): Promise<OptOut> => {
  const { number } = callee
  const tries: (readonly [OptOut, () => Promise<void>])[] = []
  if (number) {
    const add = () => doNotCall.add({ number, source: 'call', callId, ...(reason ? { reason } : {}) })
    tries.push(['stored', add], ['stored', add])
  }
  const text = `Must not be called again; put on the do-not-call list by hand${reason ? `: ${reason}` : '.'}`
  tries.push(['passed_on', () => notes.add({ callId, text })])
  for (const [outcome, store] of tries)
    try {
      // oxlint-disable-next-line no-await-in-loop -- the next one is only tried when this one fails
      await inTime(systemClock, TRY_MS, store())
      return outcome
    } catch {
      // The outcome says so.
    }
  return 'lost'
}

const answers = {
  stored: {
    status: 'stored',
    say: 'Say in one short sentence that they will not be called again, and goodbye.',
  },
  passed_on: {
    status: 'passed_on',
    say: 'Apologise; say in one short sentence that colleagues have been told not to call them again, and goodbye.',
  },
}

/** Puts the callee on the do-not-call list for good, then ends the call; nothing the model says chooses the number. */
export const stopCalling = (doNotCall: DoNotCallPort, notes: NotesPort): Tool<OutboundKnown> =>
  defineTool({
    name: 'stop_calling',
    effect: 'leave',
    writes: writesWhen('stored'),
    // Runs whatever state the call is in: an opt-out must not be lost.
    always: true,
    description:
      'Makes sure that they are never called again and ends the call. For "take me off your list", "stop calling", "not interested, do not call" and the like. Do not ask why. Say nothing first; the answer tells you what to say.',
    input: z.strictObject({
      reason: z.string().trim().max(200).optional().describe('In their words, if they gave one.'),
    }),
    async run({ reason }, context: OutboundContext) {
      const { known, signal, call } = context
      known.optOut ??= optOut(doNotCall, notes, context, reason === undefined ? undefined : oneLine(reason))
      const done = known.optOut
      const outcome = await attempt(
        'It could not be confirmed yet. Say so, and call stop_calling again.',
        signal,
        () => done,
      )
      if (outcome === 'lost') {
        if (known.optOut === done) delete known.optOut
        return {
          status: 'not_stored',
          say: 'Apologise and say that it could not be stored yet, and that you are trying again; then call stop_calling once more.',
        }
      }
      // Confirm only what is stored, whatever the model said along with the tool call.
      call.leave({ kind: 'hangUp' }, 'afterwards')
      return answers[outcome]
    },
  })

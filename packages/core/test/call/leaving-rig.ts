import * as z from 'zod'
import { hangUpTool, transferTool } from '../../src/mode/route-tools.ts'
import { settle } from '../../src/testing/index.ts'
import { defineTool, ToolError } from '../../src/mode/tool.ts'
import { audio, greeter, openCall, routes } from './harness.ts'

/** A tool that needs this long, and then has stored something or not. */
export const storing = (
  name: string,
  clock: () => { after(ms: number, run: () => void): unknown },
  ms: number,
  fails = false,
) =>
  defineTool({
    name,
    description: 'Stores something.',
    effect: 'write',
    input: z.strictObject({}),
    run: () =>
      new Promise((resolve, reject) => {
        clock().after(ms, () =>
          fails ? reject(new ToolError('It could not be stored.')) : resolve({ status: 'stored' }),
        )
      }),
  })
/** Ends the call, and has only said so once its result has been told. */
export const stopCalling = defineTool({
  name: 'stop_calling',
  description: 'Stores a wish, and ends the call with a sentence about it.',
  effect: 'leave',
  input: z.strictObject({}),
  run(_input, { call }) {
    call.leave({ kind: 'hangUp' }, 'afterwards')
    return { status: 'stored', say: 'Say that it is stored, and goodbye.' }
  },
})

/** A call with tools that leave, store and fail. */
export const open = (patience = {}) => {
  const rig: ReturnType<typeof openCall> = openCall(
    greeter({
      tools: [
        hangUpTool(),
        transferTool(routes),
        stopCalling,
        storing('fails', () => rig.clock, 0, true),
        storing('slowly', () => rig.clock, 7_000),
        storing('slowly_fails', () => rig.clock, 7_000, true),
      ],
      patience,
    }),
  )
  return rig
}
type Call = ReturnType<typeof open>

/** Replies asked for, the greeting among them. */
export const asked = ({ commands }: Pick<Call, 'commands'>): number => commands('reply').length

let count = 0
/** One reply whose tools are done before its end, or after it, as it happens. */
export const replies = async (
  { model }: Pick<Call, 'model'>,
  soundMs: number,
  tools: readonly (readonly [string, string?])[] = [],
  when: 'before its end' | 'after its end' = 'before its end',
): Promise<void> => {
  const itemId = `said-${++count}`
  model.latest.emit({ type: 'replyStarted' })
  if (soundMs > 0) {
    model.latest.speak(audio(soundMs), itemId)
    model.latest.emit({ type: 'partEnded', itemId, contentIndex: 0 })
  }
  for (const [name, argumentsJson = '{}'] of tools) {
    model.latest.emit({ type: 'toolCalled', toolCallId: `${name}-${++count}`, name, argumentsJson })
    // oxlint-disable-next-line no-await-in-loop -- tools are run one after another here
    if (when === 'before its end') await settle()
  }
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  await settle()
}

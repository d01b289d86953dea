import { settle } from '../../src/testing/index.ts'
import { audio, type openCall } from './harness.ts'

type Call = ReturnType<typeof openCall>
type Line = Awaited<ReturnType<Call['goLive']>>

let count = 0
/** The model hears something, and says nothing about it, or no more than a word or two. */
export const keepsListening = async (
  { model }: Pick<Call, 'model'>,
  why: 'noise' | 'hold' | 'tone',
  soundMs = 0,
): Promise<void> => {
  model.latest.emit({ type: 'replyStarted' })
  if (soundMs > 0) {
    model.latest.speak(audio(soundMs), `word-${count}`)
    model.latest.emit({ type: 'partEnded', itemId: `word-${count}`, contentIndex: 0 })
  }
  model.latest.emit({
    type: 'toolCalled',
    toolCallId: `t${++count}`,
    name: 'keep_listening',
    argumentsJson: JSON.stringify({ for: why }),
  })
  await settle()
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  await settle()
}
/** Something is taken for speech. */
export const isHeard = async (call: Pick<Call, 'model' | 'clock'>, ms = 500): Promise<void> => {
  call.model.latest.emit({ type: 'speechStarted' })
  await call.clock.advance(ms)
  call.model.latest.emit({ type: 'speechStopped' })
}
/** The assistant says something that is heard to its end. */
export const answers = async ({ model }: Call, line: Line): Promise<void> => {
  const itemId = `answer-${++count}`
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(400), itemId)
  model.latest.emit({ type: 'partEnded', itemId, contentIndex: 0 })
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  line.echoMarks()
  await settle()
}
/** What the gateway has told the model. */
export const notes = (call: Call): string[] =>
  call
    .commands('addMessage')
    .flatMap((command) => (command.type === 'addMessage' && command.role === 'system' ? [command.text] : []))
/** How often the caller was to be asked. */
export const asksWhetherThere = (call: Call): number =>
  notes(call).filter((text) => text.includes('still there')).length

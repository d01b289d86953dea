import { afterEach, beforeEach, expect, it } from 'vitest'
import { live } from '../../src/mode/prompt.ts'
import type { Mode } from '../../src/mode/mode.ts'
import { settle } from '../../src/testing/index.ts'
import { greeter, openCall } from './harness.ts'

const defect = (): never => {
  throw new Error('a defect')
}

/** Promises that were let down; any of them would have ended the process. */
const letDown: unknown[] = []
const onRejection = (reason: unknown) => void letDown.push(reason)
beforeEach(() => {
  letDown.length = 0
  process.on('unhandledRejection', onRejection)
})
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', onRejection)
  expect(letDown).toEqual([])
})

const later = async (): Promise<string> => {
  await Promise.resolve()
  throw new Error('a defect')
}

const broken: Record<string, () => Mode> = {
  'a prompt that throws': () => greeter({ prompt: [live('Broken', defect)] }),
  'a greeting that throws': () => greeter({ greeting: defect }),
  'a look-up that fails, and nothing to do instead': () =>
    greeter({ lookUp: { find: async () => defect(), orElse: defect } }),
  'a briefing that throws at once': () => ({ ...greeter(), brief: defect }),
  'a prompt that is only a promise': () => greeter({ prompt: [live('Late', later as never)] }),
  'a greeting that is only a promise': () => greeter({ greeting: later as never }),
}

it.each(Object.keys(broken))('hurts nobody else: %s leaves its call to the fallback', async (what) => {
  const { model, clock, call, connectMedia } = openCall(broken[what]!())
  await expect(model.latest.config).rejects.toThrow()
  connectMedia()
  await clock.advance(7_000)
  await settle()
  expect(call.next()).toMatchObject({ kind: 'fallback' })
})

it.each(Object.keys(broken))('says so once a model is there: %s', async (what) => {
  const { model, call, configure, connectMedia, notices, commands, clock } = openCall(broken[what]!())
  model.latest.config.catch(() => {})
  await settle()
  await configure()
  connectMedia()
  model.latest.emit({ type: 'toolCalled', toolCallId: 'a', name: 'hang_up', argumentsJson: '{}' })
  await clock.advance(100)
  expect(notices).toContainEqual(expect.objectContaining({ type: 'problem', code: 'mode_failed' }))
  expect(call.next()).toMatchObject({ kind: 'fallback' })
  expect(commands('reply')).toEqual([])
})

it('answers a tool call with a sentence when the mode could not brief the call', async () => {
  const mode = greeter({ prompt: [live('Broken', defect)], speaksAfterMs: 3_000 })
  const { model, configure, connectMedia, commands, notices } = openCall(mode)
  model.latest.config.catch(() => {})
  await configure()
  connectMedia()
  model.latest.emit({ type: 'toolCalled', toolCallId: 'a', name: 'hang_up', argumentsJson: '{}' })
  await settle()
  expect(commands('toolOutput')).toMatchObject([{ output: expect.stringContaining('did not work') }])
  expect(notices).toContainEqual(expect.objectContaining({ type: 'problem', code: 'tool_failed' }))
})

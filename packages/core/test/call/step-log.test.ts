import { expect, it } from 'vitest'
import type { CallEvent } from '../../src/call/events.ts'
import { createStepLog } from '../../src/call/step-log.ts'

const called = (toolCallId: string, argumentsJson = '{}'): CallEvent => ({
  type: 'toolCalled',
  toolCallId,
  name: 'look_up',
  argumentsJson,
})

const outputs = (steps: ReturnType<typeof createStepLog>) =>
  steps.changes().map(({ step }) => (step.kind === 'tool' ? step.output : step.text))

it('gives an output to the latest tool call of its number: some servers count anew in each session', () => {
  const steps = createStepLog(() => 0, [])
  steps.note(called('1'))
  steps.told('1', 'nine')
  steps.note(called('1'))
  steps.told('1', 'ten')
  expect(outputs(steps)).toEqual(['nine', 'ten'])
})

it('keeps long arguments short, and valid JSON', () => {
  const steps = createStepLog(() => 0, [])
  steps.note(called('1', JSON.stringify({ text: 'x'.repeat(10_000) })))
  const [change] = steps.changes()
  const { argumentsJson } = change!.step as { argumentsJson: string }
  expect(argumentsJson.length).toBeLessThan(3_000)
  expect(JSON.parse(argumentsJson)).toHaveProperty('shortened')
})

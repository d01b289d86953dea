import { expect, it } from 'vitest'
import { live } from '../../src/prompt.ts'
import { settle } from '../../src/testing/index.ts'
import { greeter, openCall } from './harness.ts'

it('hurts nobody: a mode whose prompt throws leaves its call to the fallback', async () => {
  const broken = greeter({
    prompt: [
      live('Broken', () => {
        throw new Error('a defect')
      }),
    ],
  })
  const { model, clock, call, connectMedia } = openCall(broken)
  await expect(model.latest.config).rejects.toThrow('a defect')
  connectMedia()
  await clock.advance(7_000)
  await settle()
  expect(call.next()).toMatchObject({ kind: 'fallback' })
})

import { expect, it } from 'vitest'
import type { ModelConnection, ModelListener, ModelProvider } from '../../src/model.ts'
import { delayedProvider } from '../../src/model-server/delayed-provider.ts'
import { fakeClock } from '../../src/testing/fake-clock.ts'

const rig = () => {
  const clock = fakeClock()
  const happened: string[] = []
  const provider: ModelProvider = {
    name: 'scripted',
    can: {} as ModelProvider['can'],
    connect(): ModelConnection {
      happened.push(`${clock.now()} connect`)
      return {
        send: ({ type }) => void happened.push(type),
        appendAudio: (payload) => void happened.push(payload),
        close: () => void happened.push('close'),
      }
    },
  }
  const connect = () => delayed.connect(Promise.resolve({} as never), {} as ModelListener)
  const delayed = delayedProvider(provider, clock, 400)
  return { clock, happened, connect }
}

it('opens the first connection after a while, and every later one at once', async () => {
  const { clock, happened, connect } = rig()
  const connection = connect()
  connection.appendAudio('too early')
  connection.send({ type: 'reply' })
  await clock.advance(400)
  connection.appendAudio('audio')
  connect()
  connection.close()
  expect(happened).toEqual(['400 connect', 'audio', '400 connect', 'close'])
})

it('opens none once it was closed', async () => {
  const { clock, happened, connect } = rig()
  connect().close()
  await clock.advance(1_000)
  expect(happened).toEqual([])
})

import { describe, expect, it } from 'vitest'
import { settle } from '../../src/testing/index.ts'
import { audio, greeter, openCall } from './harness.ts'

const SUPPORT = { number: '+14155550112' as const, label: 'the support desk' }

const open = async (fallback: object | undefined = SUPPORT) => {
  const rig = openCall(greeter(), fallback === undefined ? {} : ({ fallback } as never))
  const line = await rig.goLive()
  const endedAt = (): number | undefined => {
    const { endedAt: at, startedAt } = rig.call.story()
    return at === undefined ? undefined : Date.parse(at) - Date.parse(startedAt)
  }
  const lose = async (): Promise<void> => {
    for (let attempt = 0; attempt < 6 && rig.call.state.phase !== 'leaving'; attempt++) {
      rig.model.latest.lose('model_lost')
      await settle()
      // oxlint-disable-next-line no-await-in-loop -- one attempt after the other
      await rig.clock.advance(3_000)
    }
  }
  return { ...rig, line, endedAt, lose }
}
void audio

describe('a call whose model is gone', () => {
  it('is told as transferred to the fallback, and ends when the caller does', async () => {
    const rig = await open()
    await rig.lose()
    expect(rig.call.next()).toMatchObject({ kind: 'fallback' })
    expect(rig.call.state.phase).toBe('ended')
    const sent = rig.call.story()
    expect(sent).not.toHaveProperty('endedAt')
    expect(sent.transfers).toMatchObject([
      { kind: 'fallback', route: 'fallback', label: 'the support desk', number: '+14155550112' },
    ])
    await rig.clock.advance(60_000)
    rig.call.reported({ transfer: 'bridged', isOver: true })
    const told = rig.call.story()
    expect(told.transfers.at(-1)).toMatchObject({ outcome: 'bridged' })
    expect(Date.parse(told.endedAt!) - Date.parse(told.assistantEndedAt!)).toBe(60_000)
  })
})

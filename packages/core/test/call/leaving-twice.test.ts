import { describe, expect, it } from 'vitest'
import { hangUpTool } from '../../src/mode/route-tools.ts'
import { settle } from '../../src/testing/index.ts'
import { caller, prepareCall } from './harness.ts'
import { asked, open, replies, storing } from './leaving-rig.ts'

const TRANSFER = '{"destination":"sales","reason":"orders"}'
const both = ['before its end', 'after its end'] as const

describe.each(both)('a model that calls once more what is happening already (%s)', (when) => {
  it('along with the goodbye that it was asked for in a silence, says it once', async () => {
    const call = open({ silenceMs: 5_000, checkIns: 0 })
    const line = await call.goLive()
    await call.clock.advance(5_000)
    expect(call.call.state.phase).toBe('leaving')
    const before = asked(call)
    await replies(call, 900, [['hang_up']], when)
    expect(asked(call)).toBe(before)
    line.echoMarks()
    await settle()
    expect(call.hungUp).toEqual(['CA1'])
  })

  it('twice in its goodbye, says it once', async () => {
    const call = open()
    const line = await call.goLive()
    const before = asked(call)
    await replies(call, 900, [['hang_up'], ['hang_up']], when)
    expect(asked(call)).toBe(before)
    line.echoMarks()
    await settle()
    expect(call.hungUp).toEqual(['CA1'])
  })

  it('with another way to leave, goes the first, and speaks once', async () => {
    const call = open()
    const line = await call.goLive()
    const before = asked(call)
    await replies(call, 900, [['transfer_call', TRANSFER], ['hang_up']], when)
    expect(asked(call)).toBe(before)
    line.echoMarks()
    await settle()
    expect(call.hungUp).toEqual([])
    expect(call.call.next()).toMatchObject({ kind: 'dial' })
  })

  it('beside a wish that is stored: it is not told that it was not, and says so once', async () => {
    const call = open()
    const line = await call.goLive()
    const before = asked(call)
    await replies(call, 900, [['hang_up'], ['stop_calling']], when)
    expect(JSON.stringify(call.commands('toolOutput'))).not.toContain('error')
    expect(asked(call)).toBe(before + 1)
    await replies(call, 900)
    line.echoMarks()
    await settle()
    expect(call.hungUp).toEqual(['CA1'])
  })

  it('behind the message for a machine, has nothing recorded behind it', async () => {
    const rig = prepareCall(caller({ tools: [hangUpTool()] }), {
      machine: { action: 'leaveMessage', text: 'Please call us back.' },
    })
    await rig.configure()
    rig.call.bind('CA1')
    const line = rig.connectMedia()
    rig.call.answeredBy('machine_ended')
    expect(asked(rig)).toBe(1)
    await replies(rig, 3_000, [['hang_up']], when)
    expect(asked(rig)).toBe(1)
    line.echoMarks()
    await settle()
    expect(rig.hungUp).toEqual(['CA1'])
  })
})

describe('a recording', () => {
  it.each(both)('is not told of what has failed beside the call that ends it (%s)', async (when) => {
    const failing = storing('fails', () => rig.clock, 0, true)
    const rig: ReturnType<typeof prepareCall> = prepareCall(caller({ tools: [hangUpTool(), failing] }), {
      machine: { action: 'leaveMessage', text: 'Please call us back.' },
    })
    await rig.configure()
    rig.call.bind('CA1')
    const line = rig.connectMedia()
    rig.call.answeredBy('machine_ended')
    await replies(rig, 3_000, [['fails'], ['hang_up']], when)
    await rig.clock.advance(100)
    expect(asked(rig)).toBe(1)
    line.echoMarks()
    await settle()
    expect(rig.hungUp).toEqual(['CA1'])
  })
})

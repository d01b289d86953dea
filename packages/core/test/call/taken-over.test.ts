import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { defineTool } from '../../src/mode/tool.ts'
import { hangUpTool, warmTransferTool } from '../../src/mode/route-tools.ts'
import { settle } from '../../src/testing/index.ts'
import { greeter, openCall, routes } from './harness.ts'

/** A call whose process asks before it acts, and learns then whether another one has the call. */
const talking = async () => {
  const asked: ((isOurs: boolean) => void)[] = []
  const booked: string[] = []
  let calls = 0
  const book = defineTool({
    name: 'book',
    description: 'Books.',
    effect: 'write',
    input: z.strictObject({}),
    run: async () => ({ booked: booked.push('once') }),
  })
  const rig = openCall(greeter({ tools: [hangUpTool(), book, warmTransferTool(routes)] }), {
    persist: () => new Promise((settled) => asked.push(settled)),
  })
  await rig.goLive()
  const call = async (name: string, input: object = {}) => {
    rig.model.latest.emit({ type: 'replyStarted' })
    rig.model.latest.emit({ type: 'toolCalled', toolCallId: `t${++calls}`, name, argumentsJson: JSON.stringify(input) })
    rig.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    await settle()
  }
  const answer = async (isOurs: boolean) => {
    for (const settled of asked.splice(0)) settled(isOurs)
    await settle()
  }
  return { ...rig, booked, callTool: call, answer }
}

const toSales = { destination: 'sales', introduction: 'Anna wants to buy.' }

describe('a process that finds out before it acts that another one has its call', () => {
  it('does not run a tool with an effect', async () => {
    const { callTool, answer, booked } = await talking()
    await callTool('book')
    await answer(false)
    expect(booked).toEqual([])
    await callTool('book')
    await answer(true)
    expect(booked).toEqual(['once'])
  })

  it('rings nobody', async () => {
    const { callTool, answer, rung } = await talking()
    await callTool('warm_transfer', toSales)
    await answer(true)
    await answer(false)
    expect(rung).toEqual([])
  })

  it('does not hang up on the caller', async () => {
    const { call, answer, hungUp } = await talking()
    call.hangUp('operator')
    await settle()
    expect(hungUp).toEqual([])
    await answer(false)
    expect(hungUp).toEqual([])
  })
})

it('rings a person once it is written down, and not when the caller has gone meanwhile', async () => {
  const stays = await talking()
  await stays.callTool('warm_transfer', toSales)
  await stays.answer(true)
  expect(stays.rung).toEqual([])
  await stays.answer(true)
  expect(stays.rung).toHaveLength(1)

  const goes = await talking()
  await goes.callTool('warm_transfer', toSales)
  await goes.answer(true)
  goes.call.end('caller_hung_up')
  await goes.answer(true)
  expect(goes.rung).toEqual([])
})

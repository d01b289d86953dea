import { e164, type CallFacts } from '@llc-phone/core'
import { memoryMessages } from '@llc-phone/core/testing'
import { expect, it } from 'vitest'
import { receptionist } from '../src/index.ts'

const business = { name: 'Harbor Dental', timeZone: 'America/New_York' }
const wish = { when: 'tomorrow after two', caller_name: 'Dana', reason: 'a crown' }

const open = (caller: CallFacts['caller'] = {}) => {
  const messages = memoryMessages()
  const { taken } = messages
  const { tools } = receptionist({ business, routes: {}, messages, offers: ['callback', 'visit'] })
  const facts: CallFacts = {
    callId: 'call-1',
    legId: 'CA1',
    direction: 'inbound',
    caller,
    dialled: e164('+14155550102'),
    startedAt: new Date('2026-03-02T17:00:00Z'),
  }
  const signal = new AbortController().signal
  const call = { leave: () => {}, consult: () => {}, keepListening: () => {} }
  return {
    taken,
    use: (name: string, input: object) =>
      tools
        .find((tool) => tool.name === name)!
        .invoke(JSON.stringify(input), { facts, signal, known: undefined, call }) as Promise<{ say: string }>,
  }
}

it.each(['request_callback', 'request_visit'])(
  'nobody is promised a call to a withheld number by %s: the caller is asked for one',
  async (tool) => {
    for (const caller_number of [undefined, null, 'null', 'unknown', 'anonymous', 'N/A']) {
      const { taken, use } = open()
      await expect(use(tool, { ...wish, caller_number })).rejects.toMatchObject({
        name: 'ToolError',
        message: expect.stringContaining('Ask for a number to call back'),
      })
      expect(taken).toEqual([])
    }
  },
)

it.each(['request_callback', 'request_visit'])('%s keeps the extension, and has it said', async (tool) => {
  const { taken, use } = open()
  const { say } = await use(tool, { ...wish, caller_number: '415 555 0142, extension 22' })
  expect(taken).toMatchObject([{ callerNumber: '+14155550142', callerExtension: '22' }])
  expect(say).toContain('(415) 555-0142 ext. 22')
})

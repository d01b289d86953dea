import { describe, expect, it } from 'vitest'
import { createEventRecorder, type RecordedEvents } from '../../src/call/log/event-recorder.ts'
import { formatLog, logText, parseLog } from '../../src/call/log/log-file.ts'
import { shareableLog, storableLog } from '../../src/call/log/masks.ts'
import { changesBetween, differencesIn, replay } from '../../src/call/log/replay.ts'
import { initialState } from '../../src/call/initial-state.ts'
import { reduce } from '../../src/call/reduce.ts'
import type { CallEvent } from '../../src/call/events.ts'
import { fullLineCapabilities } from '../../src/testing/scripted-line.ts'
import { fullModelCapabilities } from '../../src/testing/scripted-model.ts'
import { GatewayError } from '../../src/errors.ts'
import { e164 } from '../../src/telephone/e164.ts'
import { greeter, openCall } from './harness.ts'

const settings: Parameters<typeof initialState>[0] = {
  direction: 'inbound',
  greets: true,
  shield: 'full',
  bargeInGuarded: false,
  machine: { action: 'leaveMessage', text: 'Mrs Miller, your results are there.' },
  keypad: { '2': { kind: 'voicemail', route: 'box', label: 'voicemail', reason: 'pressed 2' } },
  lineCan: fullLineCapabilities,
  modelCan: fullModelCapabilities,
  patience: { silenceMs: 20_000, checkIns: 2, keysMs: 3_500, maxDurationMs: 1_800_000 },
  fallback: { label: 'Maria Rossi', number: e164('+14155551234'), extension: '22' },
}

const pressed = (keys: string): CallEvent[] => [...keys].map((digit) => ({ type: 'digitPressed', digit, heard: [] }))

const recorded = (events: readonly CallEvent[], maxBytes?: number): RecordedEvents => {
  const recorder = createEventRecorder(maxBytes)
  let state = initialState(settings)
  for (const event of [{ type: 'opened', settings } as const, ...events]) {
    const [next, effects] = reduce(state, event)
    recorder.add(0, event, state, next, effects)
    state = next
  }
  return recorder.take()
}

const onTheLine: readonly CallEvent[] = [{ type: 'modelConfigured' }, { type: 'mediaAttached' }]

const transferring: CallEvent = {
  type: 'toolSettled',
  toolCallId: 'call_5fJ2',
  output: '{"balance":"12 dollars"}',
  spoken: true,
  request: {
    departure: {
      kind: 'transfer',
      route: 'maria',
      number: e164('+14155551234'),
      label: 'Maria Rossi',
      reason: 'Wants a refund for order 991',
    },
  },
}
const conversation: readonly CallEvent[] = [
  ...onTheLine,
  { type: 'toolCalled', toolCallId: 'call_5fJ2', name: 'transfer_call', argumentsJson: '{"why":"a refund"}' },
  transferring,
]

describe('what is stored', () => {
  it('holds of the keys of a PIN only what a decision has needed', async () => {
    const log = parseLog(await storableLog({}, recorded([...onTheLine, ...pressed('2468#2')])))
    const keys = log.entries.flatMap(({ event }) => (event.type === 'digitPressed' ? [event.digit] : []))
    // The first key of each could have been the menu's.
    expect(keys.join('')).toBe('2•••#2')
    expect(differencesIn(log)).toEqual([])
  })

  it('holds no words: neither what tools were told and have said, nor why somebody is rung', async () => {
    const text = await storableLog({ callId: 'call 1' }, recorded(conversation))
    expect(text).not.toMatch(/refund|balance|991|Miller/)
    expect(text).toMatch(/Maria Rossi.*\n.*call_5fJ2/s)
    expect(differencesIn(parseLog(text))).toEqual([])
  })
})

describe('what is shared', () => {
  it('has other names, numbers and ids, the same for the same, and replays to the same decisions', async () => {
    const log = parseLog(await storableLog({ callId: 'call 1', mode: 'millers' }, recorded(conversation)))
    const text = formatLog(shareableLog(log))
    expect(text).not.toMatch(/maria|rossi|1234|5fJ2|call 1|millers|transfer_call/i)
    expect(text.match(/\+14155550101/g)).toHaveLength(2)
    expect(differencesIn(parseLog(text))).toEqual([])
  })
})

describe('a log', () => {
  it('that is full says so, and has no gap', async () => {
    const record = recorded(conversation, 1_500)
    expect(record.truncated).toBe(true)
    const log = parseLog(await storableLog({}, record))
    expect(log.truncated).toBe(true)
    expect(log.entries.length).toBeGreaterThan(1)
    expect(log.entries.length).toBeLessThan(conversation.length + 1)
    expect(differencesIn(log)).toEqual([])
  })

  it('of a call has the settings first, and errors with their message', async () => {
    const { call, model, configure } = openCall()
    await configure()
    model.latest.emit({
      type: 'lost',
      error: new GatewayError('model_lost', 'The line to the server broke.'),
      retry: true,
    })
    call.end('caller_hung_up')
    const { lines, truncated } = call.takeEvents()
    const log = parseLog(logText({}, lines, truncated))
    expect(log.entries[0]!.event).toMatchObject({ type: 'opened', settings: { direction: 'inbound', greets: true } })
    expect(log.entries.find(({ event }) => event.type === 'modelLost')!.event).toMatchObject({
      error: { code: 'model_lost', message: 'The line to the server broke.' },
    })
    expect([...replay(log)].at(-1)!.after).toEqual(call.state)
    // It has been handed over.
    expect(call.takeEvents().lines).toEqual([])
  })

  it('has what a carrier that asked was answered, and says when today it would be another answer', async () => {
    const { call } = openCall()
    call.next()
    call.end('caller_hung_up')
    const { lines } = call.takeEvents()
    expect(lines.join()).toContain('"does":["answer connect"')
    const changed = lines.map((line) => line.replace('answer connect', 'answer hangUp'))
    expect(differencesIn(parseLog(logText({}, changed, false)))).toMatchObject([
      { entry: { event: { type: 'followed' } }, recorded: { does: [/hangUp/] }, today: { does: [/connect/] } },
    ])
  })

  it.each([
    ['nothing', '', 'log_invalid'],
    ['no object', '[]', 'log_invalid'],
    ['something else', '{"calls":[]}', 'log_invalid'],
    ['no entries', '{"version":1,"entries":[]}', 'log_invalid'],
    ['a broken entry', '{"version":1,"entries":[{"atMs":1}]}', 'log_invalid'],
    ['no settings', '{"version":1,"entries":[{"atMs":0,"event":{"type":"mediaAttached"}}]}', 'log_invalid'],
    ['a later version', '{"version":2,"entries":[]}', 'log_version'],
  ])('that is %s is refused by name', (_what, text, code) => {
    expect(() => parseLog(text)).toThrow(expect.objectContaining({ code }))
  })

  it('with an event of another version is refused where it stands', () => {
    const lines = [...recorded([]).lines, '{"atMs":1,"event":{"type":"tornado"}}']
    expect(() => differencesIn(parseLog(logText({}, lines, false)))).toThrow('cannot process event 2 (tornado)')
  })
})

describe('a file that somebody has edited', () => {
  const edited = async (change: (entry: { event: object; note?: string }, index: number) => void) => {
    const { entries, ...head } = parseLog(await storableLog({}, recorded(conversation)))
    const copy = structuredClone(entries) as unknown as { event: object }[]
    copy.forEach(change)
    return JSON.stringify({ ...head, entries: copy })
  }

  it('is refused where its settings are none', async () => {
    const text = await edited(({ event }, index) => index === 0 && Object.assign(event, { settings: null }))
    expect(() => parseLog(text)).toThrow(expect.objectContaining({ code: 'log_invalid' }))
  })

  it.each<[string, object]>([
    ['no patience', { settings: { ...settings, patience: null } }],
    ['no keys', { settings: { ...settings, keypad: null } }],
  ])('is refused where its settings have %s', async (_what, fields) => {
    const text = await edited(({ event }, index) => index === 0 && Object.assign(event, fields))
    const pressing = text.replace(/\]\}$/, ',{"atMs":1,"event":{"type":"digitPressed","digit":"1","heard":[]}}]}')
    for (const use of [shareableLog, differencesIn])
      expect(() => use(parseLog(pressing))).toThrow(expect.objectContaining({ code: 'log_invalid' }))
  })

  it('is refused where somebody leaves in a way that there is not', async () => {
    const text = await edited(
      ({ event }) => 'request' in event && Object.assign(event, { request: { departure: { kind: 'elevator' } } }),
    )
    const log = parseLog(
      text.replace(
        /\]\}$/,
        ',{"atMs":9,"event":{"type":"mediaDetached","graceful":true,"heard":[]}},{"atMs":9,"event":{"type":"followed","asked":{}}}]}',
      ),
    )
    for (const use of [shareableLog, differencesIn])
      expect(() => use(log)).toThrow(expect.objectContaining({ code: 'log_invalid' }))
  })

  it('gives away nothing that was written into it', async () => {
    const text = await edited((entry) => Object.assign(entry, { note: 'Mrs Miller, +1 415 555 1234' }))
    expect(formatLog(shareableLog(parseLog(text)))).not.toMatch(/Miller|1234/)
  })
})

it('says what differs between two states, value by value', () => {
  const state = initialState(settings)
  const later = { ...state, phase: 'live' as const, patience: { ...state.patience, checkIns: 3 }, digits: '1' }
  expect(changesBetween(state, later)).toEqual([
    { path: 'patience.checkIns', from: 2, to: 3 },
    { path: 'phase', from: 'warming', to: 'live' },
    { path: 'digits', from: '', to: '1' },
  ])
})

it('a call whose mode has no greeting after all is greeted in the words of the model', async () => {
  const mode = greeter()
  const { configure, connectMedia, commands, notices, call } = openCall({
    ...mode,
    brief: async (facts, onProblem) => ({ ...(await mode.brief(facts, onProblem)), greeting: undefined as never }),
  })
  await configure()
  connectMedia()
  expect(commands().map(({ type }) => type)).toContain('reply')
  expect(notices).toContainEqual(expect.objectContaining({ type: 'problem', code: 'mode_failed' }))
  expect(call.state.greeting).toBe('asked')
})

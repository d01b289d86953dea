import { expect, it } from 'vitest'
import { GatewayError } from '../../src/errors.ts'
import { settle } from '../../src/testing/index.ts'
import { hangUpTool, pressKeysTool, transferTool, warmTransferTool } from '../../src/mode/route-tools.ts'
import { audio, greeter, openCall, routes, timesSaid } from './harness.ts'

const everywhere = { ...routes, mailbox: { voicemail: true as const, label: 'the mailbox' } }
const open = (options?: Parameters<typeof openCall>[1]) =>
  openCall(
    greeter({
      routes: everywhere,
      keypad: { '1': 'sales', '9': 'mailbox' },
      tools: [hangUpTool(), transferTool(everywhere), warmTransferTool(everywhere), pressKeysTool()],
    }),
    options,
  )
type Call = ReturnType<typeof open>

let uses = 0
const use = async ({ model }: Call, name: string, input: object): Promise<void> => {
  model.latest.emit({ type: 'toolCalled', toolCallId: `t${++uses}`, name, argumentsJson: JSON.stringify(input) })
  await settle()
}
const ring = (call: Call) => use(call, 'warm_transfer', { destination: 'sales', introduction: 'Anna wants to buy.' })
const speak = async ({ model }: Call, line: Awaited<ReturnType<Call['goLive']>>): Promise<void> => {
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(400), `item${Math.random()}`)
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  line.echoMarks()
  await settle()
}
const lastNote = ({ commands }: Call): string => {
  const note = commands('addMessage').at(-1)
  return note?.type === 'addMessage' ? note.text : ''
}

it('rings a person while the caller stays, and joins them only after they accepted', async () => {
  const call = open()
  const line = await call.goLive()
  await ring(call)
  expect(call.rung).toEqual(['sales'])
  expect(call.call.state.phase).toBe('live')
  expect(call.call.consultation).toMatchObject({ introduction: 'Anna wants to buy.' })
  const room = call.call.personAccepted()
  expect(lastNote(call)).toContain('sales has accepted')
  await speak(call, line)
  expect(line.isOpen).toBe(false)
  expect(call.call.next()).toEqual({ kind: 'conference', name: room })
  expect(call.call.state.disposition).toBe('transferred')
  expect(call.call.next(), 'asked again').toEqual({ kind: 'conference', name: room })
  expect(call.dropped, 'the person is in the room').toEqual([])
})

it.each(['busy', 'no_answer', 'declined', 'failed'] as const)(
  'tells the assistant when the person is %s',
  async (outcome) => {
    const call = open()
    await call.goLive()
    await ring(call)
    call.call.personGone(outcome)
    expect(lastNote(call)).toContain('could not be reached')
    expect(call.commands().at(-1)).toEqual({ type: 'reply' })
    expect(call.call.state.phase).toBe('live')
    expect(call.call.personAccepted(), 'too late').toBeUndefined()
  },
)

it('gives up on a person who does not press the key', async () => {
  const call = open()
  const line = await call.goLive()
  await ring(call)
  await speak(call, line)
  await call.clock.advance(45_000)
  expect(call.dropped).toHaveLength(1)
  expect(lastNote(call)).toContain('nobody answered')
})

it('ends the leg of the person when the caller hangs up meanwhile', async () => {
  const call = open()
  await call.goLive()
  await ring(call)
  call.call.end('caller_hung_up')
  expect(call.dropped).toEqual([call.call.facts.callId])
})

it('ends the leg of a person who has accepted when the caller hangs up before they are joined', async () => {
  const call = open()
  await call.goLive()
  await ring(call)
  call.call.personAccepted()
  call.call.end('caller_hung_up')
  expect(call.dropped).toHaveLength(1)
})

it('keeps the caller when the person hangs up before they are joined', async () => {
  const call = open()
  const line = await call.goLive()
  await ring(call)
  call.call.personAccepted()
  call.call.personGone('declined')
  expect(call.call.state.phase).toBe('live')
  expect(lastNote(call)).toContain('cannot take the call now')
  await speak(call, line)
  await call.clock.advance(16_000)
  expect(call.call.state.phase).toBe('live')
})

it('rings one person at a time, and does not say that a second is being rung', async () => {
  const call = open()
  await call.goLive()
  await ring(call)
  await use(call, 'warm_transfer', { destination: 'sales', introduction: 'Anna wants to buy.' })
  expect(call.rung).toHaveLength(1)
  const [first, second] = call.commands('toolOutput').map((command) => JSON.stringify(command))
  expect(first).toContain('ringing')
  expect(second).toContain('sales is being rung already')
  expect(second).not.toContain('ringing')
})

const lost = { type: 'lost', error: new GatewayError('model_lost', 'gone'), retry: true } as const

it('joins a person who accepts while the model is being opened again', async () => {
  const call = open()
  const line = await call.goLive()
  await ring(call)
  call.model.latest.emit(lost)
  const room = call.call.personAccepted()
  expect(room).toBeDefined()
  expect(line.isOpen).toBe(false)
  expect(call.call.next()).toEqual({ kind: 'conference', name: room })
  expect(call.dropped).toEqual([])
})

it('joins a person who accepts while the line is broken for a moment', async () => {
  const call = open()
  const line = await call.goLive()
  await ring(call)
  line.drop()
  const room = call.call.personAccepted()
  expect(room).toBeDefined()
  expect(call.call.next()).toEqual({ kind: 'conference', name: room })
})

it('lets a person go who accepts a caller who does not come back', async () => {
  const call = open()
  const line = await call.goLive()
  await ring(call)
  line.drop()
  call.call.personAccepted()
  await call.clock.advance(6_000)
  expect(call.call.state.phase).toBe('ended')
  expect(call.dropped).toHaveLength(1)
})

it('joins a person who accepts while the assistant is taking its leave', async () => {
  const call = open()
  await call.goLive()
  await ring(call)
  await use(call, 'hang_up', {})
  const room = call.call.personAccepted()
  expect(room).toBeDefined()
  expect(call.call.next()).toEqual({ kind: 'conference', name: room })
  expect(call.hungUp).toEqual([])
})

it('does not leave a person alone in the room when the caller hangs up on the way there', async () => {
  const call = open()
  const line = await call.goLive()
  await ring(call)
  call.call.personAccepted()
  await speak(call, line)
  expect(call.call.next()).toMatchObject({ kind: 'conference' })
  expect(call.dropped).toEqual([])
  call.call.end('caller_hung_up')
  expect(call.dropped).toEqual([call.call.facts.callId])
  expect(call.call.state.disposition).toBe('transferred')
})

it('keeps the caller when the person leaves after the stream was closed for them', async () => {
  const call = open()
  const line = await call.goLive()
  await ring(call)
  call.call.personAccepted()
  await speak(call, line)
  expect(line.isOpen).toBe(false)
  call.call.personGone('declined')
  expect(call.call.next()).toEqual({ kind: 'connect' })
  call.connectMedia()
  expect(call.call.state.phase).toBe('live')
  expect(lastNote(call)).toContain('cannot take the call now')
  expect(call.commands().at(-1)).toEqual({ type: 'reply' })
})

it('records a message, and comes back when nothing was recorded', async () => {
  const call = open()
  const line = await call.goLive()
  await use(call, 'transfer_call', { destination: 'mailbox', reason: 'late' })
  await speak(call, line)
  expect(call.call.next()).toEqual({ kind: 'record', route: 'mailbox', label: 'the mailbox' })
  expect(call.call.next({ voicemail: 'empty' })).toEqual({ kind: 'connect' })
  call.connectMedia()
  expect(lastNote(call)).toContain('Nothing was recorded')
})

it('ends as voicemail when a message was recorded', async () => {
  const call = open()
  const line = await call.goLive()
  await use(call, 'transfer_call', { destination: 'mailbox', reason: 'late' })
  await speak(call, line)
  call.call.next()
  expect(call.call.next({ voicemail: 'recorded' })).toEqual({ kind: 'hangUp' })
  expect(call.call.state.disposition).toBe('voicemail')
})

it('presses keys without a word and goes on with the same conversation', async () => {
  const call = open()
  const line = await call.goLive()
  const replies = call.commands('reply').length
  await use(call, 'press_keys', { digits: '42#' })
  expect(line.isOpen).toBe(false)
  expect(call.call.next()).toMatchObject({ kind: 'keys', digits: '42#' })
  call.connectMedia()
  expect(call.call.state.phase).toBe('live')
  expect(call.commands('reply')).toHaveLength(replies)
  expect(call.model.connections).toHaveLength(1)
})

it('takes a key that is a destination without asking the model', async () => {
  const call = open()
  const line = await call.goLive()
  line.press('1')
  await call.clock.advance(1_500)
  expect(call.call.state).toMatchObject({ phase: 'leaving', departure: { kind: 'transfer', route: 'sales' } })
  await speak(call, line)
  expect(call.call.next()).toMatchObject({ kind: 'dial', number: '+14155550111' })
})

it('never keeps the keys a caller pressed', async () => {
  const call = open()
  const line = await call.goLive()
  line.press('7')
  expect(JSON.stringify(call.call.story().events)).not.toContain('"digit":"7"')
})

it('leaves again after keys were pressed: the first departure is over', async () => {
  const call = open()
  await call.goLive()
  await use(call, 'press_keys', { digits: '1' })
  call.call.next()
  call.connectMedia()
  await use(call, 'press_keys', { digits: '2' })
  expect(call.call.next()).toMatchObject({ kind: 'keys', digits: '2' })
  const line = call.connectMedia()
  await use(call, 'transfer_call', { destination: 'sales', reason: 'orders' })
  await speak(call, line)
  expect(call.call.next()).toMatchObject({ kind: 'dial', number: '+14155550111' })
})

it('gives the same answer when Twilio asks a second time what comes after the stream', async () => {
  const call = open()
  const line = await call.goLive()
  await use(call, 'transfer_call', { destination: 'sales', reason: 'orders' })
  await speak(call, line)
  expect(call.call.next()).toMatchObject({ kind: 'dial', number: '+14155550111' })
  expect(call.call.next()).toMatchObject({ kind: 'dial', number: '+14155550111' })
  expect(call.call.next({ transfer: 'busy' })).toEqual({ kind: 'connect' })
  expect(call.call.next()).toEqual({ kind: 'connect' })
})

it.each([
  ['1', 'you are connecting them with'],
  ['1', 'if the office is closed now'],
  ['9', 'leave a message after the tone'],
  ['9', 'a number to call back if theirs is withheld'],
])('has the caller told where the key %s leads', async (key, words) => {
  const call = open()
  const line = await call.goLive()
  line.press(key)
  await call.clock.advance(1_500)
  expect(call.call.state.phase).toBe('leaving')
  expect(lastNote(call)).toContain(words)
})

it('lets who waits for a person hear now and then that they are not forgotten', async () => {
  const call = open()
  const line = await call.goLive()
  await ring(call)
  await speak(call, line)
  const heard = () => timesSaid(line, 'stillHere')
  await call.clock.advance(11_000)
  expect(heard()).toBe(0)
  await call.clock.advance(1_500)
  expect(heard()).toBe(1)
  line.echoMarks()
  await call.clock.advance(12_000)
  expect(heard()).toBe(2)
  expect(lastNote(call), 'nobody is asked whether they are there').not.toContain('still there')
  line.echoMarks()
  call.call.personGone('no_answer')
  await speak(call, line)
  await call.clock.advance(19_000)
  expect(heard(), 'nobody is rung any more').toBe(2)
})

it('nor when they hang up in the room, long after our part was over', async () => {
  const call = open()
  const line = await call.goLive()
  await ring(call)
  const room = call.call.personAccepted()
  await speak(call, line)
  call.call.next()
  await call.clock.advance(30_000)
  const ended = call.registry.byLegId('CA1')!
  expect(ended).not.toBe(call.call)
  expect(ended.personAccepted(), 'asked again').toBe(room)
  ended.end('caller_hung_up')
  expect(call.dropped).toEqual([call.call.facts.callId])
})

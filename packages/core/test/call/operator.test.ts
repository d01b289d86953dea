import { expect, it } from 'vitest'
import { GatewayError } from '../../src/errors.ts'
import { hangUpTool, transferTool, warmTransferTool } from '../../src/mode/route-tools.ts'
import { settle } from '../../src/testing/index.ts'
import { audio, greeter, openCall, routes } from './harness.ts'

const everywhere = { ...routes, mailbox: { voicemail: true as const, label: 'the mailbox' } }
const open = (options?: Parameters<typeof openCall>[1]) =>
  openCall(
    greeter({ routes: everywhere, tools: [hangUpTool(), transferTool(everywhere), warmTransferTool(everywhere)] }),
    options,
  )
type Call = ReturnType<typeof open>

const { number } = routes.sales
const consultation = { route: 'sales', number, label: 'sales', introduction: 'Ann sends you a caller.' }
const transfer = { kind: 'transfer', route: 'sales', number, label: 'sales', reason: '' } as const
const voicemail = { kind: 'voicemail', route: 'mailbox', label: 'the mailbox', reason: '' } as const

const speak = async ({ model }: Call, line: Awaited<ReturnType<Call['goLive']>>): Promise<void> => {
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(400), `item${Math.random()}`)
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  line.echoMarks()
  await settle()
}
const notes = ({ commands }: Call) =>
  commands('addMessage').flatMap((command) => (command.type === 'addMessage' ? [command] : []))

it('a note reaches the model as a system message and is not asked for, unless it is to be said', async () => {
  const call = open()
  await call.goLive()
  const asked = call.commands('reply').length
  expect(call.call.note('ann', 'Offer Tuesday.', false)).toBeUndefined()
  expect(notes(call).at(-1)).toMatchObject({ role: 'system', text: expect.stringContaining('"Offer Tuesday."') })
  expect(call.commands('reply')).toHaveLength(asked)
  call.call.note('ann', 'Offer Wednesday.', true)
  expect(call.commands('reply')).toHaveLength(asked + 1)
  expect(call.call.story().acts).toMatchObject([
    { kind: 'note', by: 'ann', text: 'Offer Tuesday.' },
    { kind: 'note', by: 'ann', text: 'Offer Wednesday.' },
  ])
})

it('a note given while the caller or the assistant speaks waits for its turn to be said', async () => {
  const call = open()
  const line = await call.goLive()
  call.model.latest.emit({ type: 'speechStarted' })
  const asked = call.commands('reply').length
  call.call.note('ann', 'Offer Tuesday.', true)
  expect(call.commands('reply')).toHaveLength(asked)
  call.model.latest.emit({ type: 'speechStopped' })
  await speak(call, line)
  expect(call.commands('reply').length).toBeLessThanOrEqual(asked + 1)
})

it('a note given before the caller is there is told with the greeting', async () => {
  const call = open()
  call.call.note('ann', 'A regular guest.', false)
  await call.goLive()
  expect(notes(call).map(({ text }) => text)).toContainEqual(expect.stringContaining('A regular guest.'))
})

it.each([
  ['rung by a transfer', transfer, { transfer: 'busy' }],
  ['asked to leave a recorded message', voicemail, { recording: 'empty' }],
] as const)('a note given while the caller is %s waits until they are back', async (_where, departure, report) => {
  const call = open()
  const line = await call.goLive()
  call.call.transfer('ann', { departure })
  await speak(call, line)
  call.call.next()
  expect(call.call.state.phase).toBe('away')
  const told = notes(call).length
  expect(call.call.note('ann', 'Offer Tuesday.', true)).toBeUndefined()
  expect(notes(call)).toHaveLength(told)
  expect(call.call.next(report as never)).toMatchObject({ kind: 'connect' })
  call.connectMedia()
  await settle()
  expect(notes(call).map(({ role, text }) => [role, text])).toContainEqual([
    'system',
    expect.stringContaining('"Offer Tuesday."'),
  ])
})

it('a note given while the model is being connected again is told to the next connection', async () => {
  const call = open()
  await call.goLive()
  call.model.latest.emit({ type: 'lost', error: new GatewayError('model_lost', ''), retry: true })
  expect(call.call.note('ann', 'Offer Tuesday.', false)).toBeUndefined()
  await call.clock.advance(5_000)
  await call.configure()
  expect(notes(call).map(({ text }) => text)).toContainEqual(expect.stringContaining('"Offer Tuesday."'))
})

it('a note is refused once the caller is gone', async () => {
  const call = open()
  await call.goLive()
  call.call.end('caller_hung_up')
  expect(call.call.note('ann', 'Too late.', false)).toMatchObject({ code: 'call_not_talking' })
  expect(call.call.story().acts).toEqual([])
})

it('an operator sends the caller to a route: the assistant says so, and then the carrier is told', async () => {
  const call = open()
  const line = await call.goLive()
  expect(call.call.transfer('ann', { departure: transfer })).toBeUndefined()
  expect(notes(call).at(-1)?.text).toContain('connect the caller with sales')
  expect(call.call.state.phase).toBe('leaving')
  await speak(call, line)
  expect(call.call.next()).toMatchObject({ kind: 'dial', number })
  expect(call.call.transfer('ann', { departure: voicemail })).toMatchObject({ code: 'call_not_talking' })
  call.call.next({ transfer: 'busy' })
  expect(call.call.story().transfers).toMatchObject([{ kind: 'cold', route: 'sales', outcome: 'busy' }])
  expect(call.call.story().acts).toMatchObject([{ kind: 'transfer', by: 'ann', route: 'sales' }])
})

it('an operator has a person asked first, once at a time', async () => {
  const call = open()
  await call.goLive()
  expect(call.call.transfer('ann', { consultation })).toBeUndefined()
  expect(call.rung).toEqual(['sales'])
  expect(notes(call).at(-1)?.text).toContain('trying to reach them')
  expect(call.call.transfer('bob', { consultation })).toMatchObject({ code: 'transfer_under_way' })
  call.call.personGone('busy')
  expect(call.call.state.phase).toBe('live')
  expect(call.call.story().transfers).toMatchObject([{ kind: 'warm', outcome: 'busy' }])
})

it('a caller whose model is being connected again is transferred at once, without words', async () => {
  const call = open()
  await call.goLive()
  call.model.latest.emit({ type: 'lost', error: new GatewayError('model_lost', ''), retry: true })
  expect(call.call.state.phase).toBe('joining')
  expect(call.call.transfer('ann', { departure: transfer })).toBeUndefined()
  expect(call.call.next()).toMatchObject({ kind: 'dial', number })
})

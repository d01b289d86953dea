import { expect, it } from 'vitest'
import { hangUpTool, transferTool, warmTransferTool } from '../../src/mode/route-tools.ts'
import { settle } from '../../src/testing/index.ts'
import { audio, greeter, openCall, routes } from './harness.ts'

const everywhere = { ...routes, mailbox: { voicemail: true as const, label: 'the mailbox' } }

const open = async () => {
  const rig = openCall(
    greeter({
      routes: everywhere,
      keypad: { '1': 'sales' },
      tools: [hangUpTool(), transferTool(everywhere), warmTransferTool(everywhere)],
    }),
  )
  return { ...rig, line: await rig.goLive() }
}
type Rig = Awaited<ReturnType<typeof open>>

let count = 0
const callTool = async ({ model }: Rig, name: string, input: object): Promise<void> => {
  model.latest.emit({ type: 'toolCalled', toolCallId: `t${++count}`, name, argumentsJson: JSON.stringify(input) })
  await settle()
}

const leave = async (rig: Rig): Promise<void> => {
  rig.model.latest.emit({ type: 'replyStarted' })
  rig.model.latest.speak(audio(800), `last${++count}`)
  rig.model.latest.emit({ type: 'partEnded', itemId: `last${count}`, contentIndex: 0 })
  rig.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  rig.line.echoMarks()
  await settle()
}

it('tells each kind apart, with the moment of its decision and its own outcome', async () => {
  const rig = await open()
  await callTool(rig, 'warm_transfer', { destination: 'sales', introduction: 'Anna' })
  rig.call.personGone('no_answer')
  await rig.clock.advance(1_000)
  await callTool(rig, 'transfer_call', { destination: 'mailbox', reason: 'closed' })
  await leave(rig)
  rig.call.next()
  rig.call.next({ voicemail: 'empty' })
  expect(rig.call.story().transfers).toMatchObject([
    { kind: 'warm', route: 'sales', number: '+14155550111', reason: 'Anna', outcome: 'no_answer' },
    { kind: 'voicemail', route: 'mailbox', label: 'the mailbox', reason: 'closed', outcome: 'empty' },
  ])
  const [warm, voicemail] = rig.call.story().transfers
  expect(voicemail!.atMs - warm!.atMs).toBe(1_000)
})

it('knows the route that a key has chosen', async () => {
  const rig = await open()
  rig.line.press('1')
  await rig.clock.advance(4_000)
  expect(rig.call.story().transfers).toMatchObject([
    { kind: 'cold', route: 'sales', label: 'sales', number: '+14155550111', reason: 'pressed 1' },
  ])
})

it('has none that was asked for and refused', async () => {
  const rig = await open()
  await callTool(rig, 'warm_transfer', { destination: 'sales', introduction: 'Anna' })
  await callTool(rig, 'warm_transfer', { destination: 'sales', introduction: 'Ben' })
  expect(rig.call.story().transfers).toHaveLength(1)
})

it('does not take what is told once more of an earlier attempt for the outcome of one that is being announced', async () => {
  const rig = await open()
  const to = { destination: 'sales', reason: 'x' }
  await callTool(rig, 'transfer_call', to)
  await leave(rig)
  rig.call.next()
  rig.call.next({ transfer: 'busy' })
  const line = rig.connectMedia()
  await callTool(rig, 'transfer_call', to)
  rig.call.next({ transfer: 'busy' })
  await leave({ ...rig, line })
  rig.call.next()
  expect(rig.call.story().transfers.map(({ outcome }) => outcome)).toEqual(['busy', undefined])
  rig.call.next({ transfer: 'bridged' })
  expect(rig.call.story().transfers.map(({ outcome }) => outcome)).toEqual(['busy', 'bridged'])
})

it('does not say that a caller has met somebody who had accepted and was gone before they came', async () => {
  const rig = await open()
  await callTool(rig, 'warm_transfer', { destination: 'sales', introduction: 'Anna' })
  rig.call.personAccepted()
  rig.call.personGone('declined')
  expect(rig.call.story().transfers).toMatchObject([{ kind: 'warm', outcome: 'declined' }])
})

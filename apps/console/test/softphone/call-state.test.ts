import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { outcomeSentence, stateWords } from '../../src/parts/softphone/softphone-words.ts'
import { isUp, NO_CALL, stepCall, type CallStep, type SoftphoneCall } from '../../src/parts/softphone/call-state.ts'

const ring: CallStep = { type: 'ring', order: { ring: 'frontDesk', persons: 'answers' }, asksMicrophone: true }
const microphone: CallStep = {
  type: 'mouth',
  mouth: { kind: 'microphone', choice: 'headphones', deviceId: 'usb' },
}
const line = (state: 'ringing' | 'live' | 'away' | 'ended', atMs = 0, detail?: string): CallStep => ({
  type: 'line',
  state,
  atMs,
  ...(detail ? { detail } : {}),
})
const after = (...steps: CallStep[]): SoftphoneCall => steps.reduce(stepCall, NO_CALL)
const live = [ring, microphone, { type: 'placed', callId: 'c1' }, line('ringing'), line('live', 100)] as const

describe('a call of the softphone', () => {
  it('goes from the microphone over ringing to live and to its end', () => {
    expect(after(ring).phase).toBe('asking')
    expect(after(ring, { type: 'checking' }).isChecking).toBe(true)
    expect(after(ring, microphone)).toMatchObject({ phase: 'ringing', isChecking: false })
    expect(after(...live)).toMatchObject({ phase: 'live', callId: 'c1', liveAtMs: 100 })
    expect(after(...live, line('ended', 900, 'Ended by the assistant.'))).toMatchObject({
      phase: 'ended',
      liveAtMs: 100,
      endedAtMs: 900,
      detail: 'Ended by the assistant.',
    })
  })

  it('rings at once for somebody who types', () => {
    expect(stepCall(NO_CALL, { ...ring, asksMicrophone: false }).phase).toBe('ringing')
  })

  it('shows who would be rung while away, and the time of the whole call', () => {
    const away = after(...live, line('away', 500), { type: 'person', label: 'billing', number: '+1415•••0113' })
    expect(away).toMatchObject({ phase: 'away', liveAtMs: 100, person: { label: 'billing' } })
    expect(stepCall(away, line('live', 700)).person).toBeUndefined()
  })

  it('says what goes on while away, and why the line has ended it', () => {
    const rung = after(...live, line('away', 500, 'billing'), {
      type: 'person',
      label: 'billing',
      number: '+1415•••0113',
    })
    expect(stateWords(rung)).toBe('would ring billing, +1415•••0113')
    expect(stateWords(stepCall(rung, line('away', 600, 'connected with the person, who is played')))).toBe(
      'connected with the person, who is played',
    )
    expect(stateWords(after(...live, line('away', 500, 'a message is recorded')))).toBe('a message is recorded')
    const because = 'A test call lasts at most 10 minutes.'
    const story = { callId: 'c1', phase: 'ended', disposition: 'caller_hung_up', turns: [], tools: [] }
    expect(outcomeSentence(after(...live, { type: 'line', state: 'ended', atMs: 9, because }), story)).toBe(because)
    expect(outcomeSentence(after(...live, line('ended', 9, 'the caller hung up')), story)).toBe('You hung up.')
  })

  it('goes on typing when the microphone is unplugged, and can go back', () => {
    const typing = after(...live, { type: 'mouth', mouth: { kind: 'typing', reason: 'unplugged' } })
    expect(typing).toMatchObject({ phase: 'live', mouth: { reason: 'unplugged' } })
    expect(stepCall(typing, microphone).mouth?.kind).toBe('microphone')
  })

  it('stays the call it was while its socket is opened again, and ends when that fails', () => {
    const lost = after(...live, { type: 'lost' })
    expect(lost).toMatchObject({ phase: 'live', isReconnecting: true })
    expect(stepCall(lost, { type: 'found' }).isReconnecting).toBe(false)
    expect(stepCall(lost, { type: 'gone', atMs: 4000 })).toMatchObject({ phase: 'ended', endedBy: 'loss' })
  })

  it('tells a refusal from a call that ended', () => {
    const refused = after(ring, microphone, { type: 'refused', code: 'test_calls_full', message: 'Five.', atMs: 1 })
    expect(refused).toMatchObject({ phase: 'ended', endedBy: 'refusal', problem: { code: 'test_calls_full' } })
  })

  it('follows each typed line by itself, also two of the same words', () => {
    const said = (state: 'speaking' | 'over' | 'failed'): CallStep => ({ type: 'said', text: 'hello', state })
    const twice = after(...live, { type: 'say', text: 'hello' }, { type: 'say', text: 'hello' }, said('speaking'))
    expect(twice.lines.map(({ state }) => state)).toEqual(['speaking', 'waiting'])
    expect([said('over'), said('failed')].reduce(stepCall, twice).lines.map(({ state }) => state)).toEqual([
      'over',
      'failed',
    ])
  })

  it('lets nothing of an ended call change what is shown, and begins the next one afresh', () => {
    const ended = after(...live, { type: 'hangUp', atMs: 5 })
    const late: CallStep[] = [line('live', 9), { type: 'lost' }, microphone, { type: 'gone', atMs: 9 }]
    for (const step of late) expect(stepCall(ended, step)).toBe(ended)
    expect(stepCall(ended, ring)).toMatchObject({ phase: 'asking', attempt: 2, lines: [] })
    expect(stepCall(ended, ring).callId).toBeUndefined()
  })

  it('takes any steps in any order: one call at a time, and an end is an end', () => {
    const steps: fc.Arbitrary<CallStep> = fc.oneof(
      fc.constantFrom<CallStep>(ring, microphone, { type: 'checking' }, { type: 'lost' }, { type: 'found' }),
      fc.constantFrom<CallStep>({ type: 'hangUp', atMs: 1 }, { type: 'gone', atMs: 1 }, { type: 'putAway' }),
      fc.constantFrom<CallStep>(line('ringing'), line('live'), line('away'), line('ended')),
      fc.constantFrom<CallStep>({ type: 'say', text: 'a' }, { type: 'said', text: 'a', state: 'over' }),
    )
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 40 }), (all) => {
        let call = NO_CALL
        for (const step of all) {
          const next = stepCall(call, step)
          expect(next.attempt - call.attempt).toBe(step.type === 'ring' && !isUp(call) ? 1 : 0)
          if (call.phase === 'ended' && step.type !== 'ring' && step.type !== 'putAway') expect(next).toBe(call)
          if (!isUp(next)) expect(next).toMatchObject({ isReconnecting: false, isChecking: false })
          call = next
        }
      }),
    )
  })
})

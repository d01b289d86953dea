import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { GatewayError } from '../../src/errors.ts'
import { settle } from '../../src/testing/index.ts'
import { defineTool } from '../../src/mode/tool.ts'
import { audio, caller, greeter, prepareCall, talk } from './harness.ts'

const notes = (commands: readonly object[]) => JSON.stringify(commands)

/** A call whose line is up and whose model is ready. */
const pickUp = async (...options: Parameters<typeof prepareCall>) => {
  const rig = prepareCall(...options)
  await rig.configure()
  rig.call.bind('CA1')
  const line = rig.connectMedia()
  return { ...rig, line }
}

const saysHello = ({ model }: Pick<ReturnType<typeof prepareCall>, 'model'>) => {
  model.latest.emit({ type: 'speechStarted' })
  model.latest.emit({ type: 'speechStopped' })
}

describe('a call that we place', () => {
  it('opens its model before it has a leg id, and is found by the one it is given', async () => {
    const { registry, call, model } = prepareCall()
    expect(model.connections).toHaveLength(1)
    expect(registry.byCallId('out-1')).toBe(call)
    expect(registry.byLegId('')).toBeUndefined()
    expect(call.bind('CA1')).toBe(true)
    expect(call.bind('CA1'), 'said again').toBe(true)
    expect(call.bind('CA2'), 'another call').toBe(false)
    expect(registry.byLegId('CA1')).toBe(call)
    expect(call.facts.legId).toBe('CA1')
  })

  it('takes the leg id of its audio when that comes before the answer to our request', async () => {
    const { registry, call, configure, connectLeg } = prepareCall()
    await configure()
    connectLeg('CA7').start()
    expect(call.state.phase).toBe('live')
    expect(registry.byLegId('CA7')).toBe(call)
  })

  it('refuses audio of another call than it was given', async () => {
    const { call, configure, connectLeg } = prepareCall()
    await configure()
    call.bind('CA1')
    const line = connectLeg('CA2')
    line.start()
    expect(line.isOpen).toBe(false)
    expect(call.state.mediaAttached).toBe(false)
  })

  it('cannot be given the leg id of another call', () => {
    const { registry, call, carrier } = prepareCall()
    const other = registry.open({
      line: carrier,
      legId: 'CA1',
      direction: 'inbound',
      caller: {},
      dialled: call.facts.dialled,
      mode: greeter(),
    })
    expect(call.bind('CA1')).toBe(false)
    expect(registry.byLegId('CA1')).toBe(other)
  })

  it('hangs up nothing while Twilio knows of no call', async () => {
    const { call, hungUp } = prepareCall()
    call.hangUp('operator')
    await settle()
    expect(hungUp).toEqual([])
    expect(call.state.disposition).toBe('operator_hung_up')
  })
})

describe('the warm-up', () => {
  const lose = (retry: boolean, code: 'model_unreachable' | 'model_unauthorized' = 'model_unreachable') => ({
    type: 'lost' as const,
    error: new GatewayError(code, 'gone'),
    retry,
  })

  it('is ready once the model is configured', async () => {
    const { call, configure } = prepareCall()
    await configure()
    expect(await call.warmed).toBe('ready')
  })

  it('is late at the deadline; the model is opened again when somebody answers', async () => {
    const { call, clock, model, connectMedia } = prepareCall()
    await clock.advance(9_999)
    await clock.advance(1)
    expect(await call.warmed).toBe('late')
    expect(model.connections[0]!.closed).toBe(true)
    call.bind('CA1')
    connectMedia()
    expect(model.connections).toHaveLength(2)
    expect(call.state.phase).toBe('joining')
  })

  it('is late when somebody answers before the second connection is there', async () => {
    const { call, clock, model, connectMedia } = prepareCall()
    model.latest.emit(lose(true))
    await clock.advance(250)
    call.bind('CA1')
    connectMedia()
    model.latest.emit({ type: 'configured' })
    expect(call.state.phase).toBe('live')
    expect(await call.warmed).toBe('late')
  })

  it('is refused when no other connection could help', async () => {
    const { call, model } = prepareCall()
    model.latest.emit(lose(false, 'model_unauthorized'))
    expect(await call.warmed).toBe('refused')
  })

  it('is refused when the third connection fails too', async () => {
    const { call, clock, model } = prepareCall()
    model.latest.emit(lose(true))
    await clock.advance(250)
    expect(model.connections).toHaveLength(2)
    model.latest.emit(lose(true))
    await clock.advance(1_000)
    expect(model.connections, 'after a longer pause').toHaveLength(3)
    model.latest.emit(lose(true))
    expect(await call.warmed).toBe('refused')
  })

  it('is over when the call is', async () => {
    const { call } = prepareCall()
    call.hangUp('operator')
    expect(await call.warmed).toBe('ended')
  })

  it('has the model answer once in silence, only where it is wanted and nobody is waiting', async () => {
    const primed = prepareCall(caller(), { primes: true })
    expect((await primed.model.latest.config).primes).toBe(true)
    expect((await prepareCall().model.latest.config).primes).toBeUndefined()
    const cold = prepareCall(caller(), { primes: true })
    await cold.clock.advance(10_000)
    cold.call.bind('CA1')
    cold.connectMedia()
    expect((await cold.model.latest.config).primes).toBeUndefined()
  })

  it('counts what the silent answer cost', async () => {
    const { call, model } = prepareCall(caller(), { primes: true })
    const usage = {
      input: { text: 300, audio: 0, cachedText: 0, cachedAudio: 0 },
      output: { text: 16, audio: 0 },
    }
    model.latest.emit({ type: 'primed', usage })
    expect(call.story().usage).toEqual(usage)
  })
})

describe('the callee speaks first', () => {
  it('and is answered by the model; no greeting is forced on them', async () => {
    const { clock, commands, ...rig } = await pickUp()
    expect(await rig.model.latest.config).toMatchObject({ turnDetection: { eagerness: 'high', autoReply: true } })
    await clock.advance(1_200)
    saysHello(rig)
    await clock.advance(2_000)
    expect(commands('reply')).toEqual([])
    rig.model.latest.emit({ type: 'replyStarted' })
    rig.model.latest.speak(audio(200), 'answer')
    rig.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    await settle()
    expect(commands('configure')).toMatchObject([{ config: { turnDetection: { eagerness: 'medium' } } }])
  })

  it('a slow "hello" keeps the opener back as soon as it begins', async () => {
    const { clock, model, commands, line } = await pickUp()
    await clock.advance(2_900)
    model.latest.emit({ type: 'speechStarted' })
    await talk({ clock }, line, 10_000)
    expect(commands('reply')).toEqual([])
  })

  it('a key is an answer too', async () => {
    const { clock, line, commands } = await pickUp()
    line.press('1')
    await clock.advance(1_500)
    await clock.advance(10_000)
    expect(notes(commands('addMessage'))).not.toContain('Harbor Dental')
  })

  it('silence has the assistant open, once, and unshielded', async () => {
    const { clock, model, commands, line } = await pickUp()
    await clock.advance(2_999)
    expect(commands('reply')).toEqual([])
    await clock.advance(1)
    await settle()
    expect(commands('reply')).toHaveLength(1)
    expect(notes(commands('addMessage'))).toContain('Hello, this is Harbor Dental.')
    model.latest.emit({ type: 'replyStarted' })
    model.latest.speak(audio(600), 'opener')
    model.latest.emit({ type: 'speechStarted' })
    expect(line.messages('clear'), '"hello?" over the opener is heard').toHaveLength(1)
    await talk({ clock }, line, 10_000)
    expect(commands('reply')).toHaveLength(1)
  })

  it('the time to speak begins when the model is there, too', async () => {
    const { clock, model, call, connectMedia, configure, commands } = prepareCall()
    await clock.advance(10_000)
    call.bind('CA1')
    connectMedia()
    await clock.advance(4_000)
    expect(model.connections, 'another beside the slow one').toHaveLength(3)
    await configure()
    await clock.advance(2_999)
    expect(commands('reply')).toEqual([])
    await clock.advance(1)
    await settle()
    expect(commands('reply')).toHaveLength(1)
  })

  it('unless the mode greets at once: made while it rings, flushed at pickup', async () => {
    const { model, configure, call, connectMedia } = prepareCall(greeter())
    await configure()
    model.latest.emit({ type: 'replyStarted' })
    model.latest.speak(audio(100, 1), 'greeting')
    expect(call.state.phase).toBe('ready')
    call.bind('CA1')
    const line = connectMedia()
    expect(line.messages('media').map(({ media }) => media.payload)).toEqual([audio(100, 1)])
  })
})

describe('a machine has answered', () => {
  const message = { action: 'leaveMessage', text: 'Please call "Harbor Dental" back.' } as const

  it('hangs up where nobody has spoken', async () => {
    const { call, hungUp } = await pickUp(caller(), { machine: { action: 'hangUp' } })
    call.answeredBy('machine')
    await settle()
    expect(hungUp).toEqual(['CA1'])
    expect(call.state.disposition).toBe('answering_machine')
    expect(call.story().answeredBy).toBe('machine')
  })

  it('hangs up before the stream has come', async () => {
    const { call, hungUp, configure } = prepareCall(caller(), { machine: { action: 'hangUp' } })
    await configure()
    call.bind('CA1')
    call.answeredBy('machine')
    await settle()
    expect(hungUp).toEqual(['CA1'])
    expect(call.state.phase).toBe('ended')
  })

  it.each(['in the middle of a word', 'after a word'] as const)(
    'never cuts off somebody who speaks: %s the verdict is a hint',
    async (when) => {
      const { call, hungUp, commands, model } = await pickUp(caller(), { machine: { action: 'hangUp' } })
      model.latest.emit({ type: 'speechStarted' })
      if (when === 'after a word') model.latest.emit({ type: 'speechStopped' })
      call.answeredBy('machine')
      await settle()
      expect(hungUp).toEqual([])
      expect(call.state.phase).toBe('live')
      expect(notes(commands('addMessage'))).toContain('call hang_up with silent true')
      expect(notes(commands('addMessage')), 'whoever screens is not the callee').toContain('without details')
      expect(commands('reply'), 'nobody is talked over').toEqual([])
    },
  )

  it('decides nothing while no model has listened', async () => {
    const { call, clock, hungUp, connectMedia } = prepareCall(caller(), { machine: { action: 'hangUp' } })
    await clock.advance(10_000)
    call.bind('CA1')
    connectMedia()
    call.answeredBy('machine')
    await settle()
    expect(hungUp).toEqual([])
    expect(call.state.phase).toBe('joining')
  })

  it('leaves the fixed words after the tone, undisturbed by it, and hangs up once they were heard', async () => {
    const { call, clock, commands, model, line, hungUp } = await pickUp(caller(), { machine: message })
    call.answeredBy('machine_ended')
    expect(commands('configure')).toMatchObject([{ config: { turnDetection: { kind: 'none' } } }])
    expect(notes(commands('addMessage'))).toContain("Please call 'Harbor Dental' back.")
    expect(commands('reply')).toHaveLength(1)
    await clock.advance(20_000)
    model.latest.emit({ type: 'replyStarted' })
    model.latest.speak(audio(4_000), 'message')
    model.latest.emit({ type: 'partEnded', itemId: 'message', contentIndex: 0 })
    model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    expect(hungUp).toEqual([])
    line.echoMarks()
    await settle()
    expect(hungUp).toEqual(['CA1'])
    call.end('caller_hung_up')
    expect(call.state.disposition).toBe('answering_machine')
  })

  it('stops an opener that was spoken into the greeting before it leaves the message', async () => {
    const { call, clock, commands, model, line } = await pickUp(caller(), { machine: message })
    await clock.advance(3_000)
    await settle()
    model.latest.emit({ type: 'replyStarted' })
    model.latest.speak(audio(2_000), 'opener')
    call.answeredBy('machine_ended')
    expect(line.messages('clear')).toHaveLength(1)
    expect(commands('interrupt')).toHaveLength(1)
    expect(commands('reply')).toHaveLength(2)
  })

  it('takes no opener that is just being thought of for the message', async () => {
    const { call, clock, commands, model, line, hungUp } = await pickUp(caller(), { machine: message })
    await clock.advance(3_000)
    await settle()
    call.answeredBy('machine_ended')
    expect(notes(commands('addMessage'))).toContain("Please call 'Harbor Dental' back.")
    model.latest.emit({ type: 'replyStarted' })
    model.latest.speak(audio(2_000), 'opener')
    model.latest.emit({ type: 'partEnded', itemId: 'opener', contentIndex: 0 })
    model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    line.echoMarks()
    await settle()
    expect(hungUp, 'the message is still to come').toEqual([])
    expect(commands('reply')).toHaveLength(2)
    model.latest.emit({ type: 'replyStarted' })
    expect(commands('interrupt'), 'and is not cut off').toEqual([])
  })

  it('has the assistant word the message where none is fixed, and judge when something has been said', async () => {
    const { call, model, commands, hungUp } = await pickUp(caller(), { machine: { action: 'leaveMessage' } })
    saysHello({ model })
    call.answeredBy('machine_ended')
    await settle()
    expect(notes(commands('addMessage'))).toContain('Unless a person talks with you, leave a message')
    expect(commands('reply')).toHaveLength(1)
    expect(commands('configure'), 'a person must still be able to interrupt').toEqual([])
    expect(hungUp).toEqual([])
  })

  describe('that is still heard when the verdict comes, as its tone is', () => {
    const listening = defineTool({
      name: 'keep_listening',
      description: 'Says nothing.',
      opening: true,
      result: 'silent',
      input: z.strictObject({}),
      run(_input, { call }) {
        call.keepListening('tone')
        return { status: 'listening' }
      },
    })
    const hearMachine = async () => {
      const rig = await pickUp(caller({ tools: [listening] }), { machine: { action: 'leaveMessage' } })
      rig.model.latest.emit({ type: 'speechStarted' })
      rig.call.answeredBy('machine_ended')
      expect(rig.commands('reply'), 'whoever speaks is answered anyway').toEqual([])
      rig.model.latest.emit({ type: 'speechStopped' })
      rig.model.latest.emit({ type: 'replyStarted' })
      return rig
    }

    it('has its message all the same when the assistant answers it with silence', async () => {
      const { call, model, commands } = await hearMachine()
      model.latest.emit({ type: 'toolCalled', toolCallId: 't1', name: 'keep_listening', argumentsJson: '{}' })
      model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
      await settle()
      expect(commands('toolOutput')).toHaveLength(1)
      expect(commands('reply')).toHaveLength(1)
      call.end('caller_hung_up')
      expect(call.state.disposition).toBe('answering_machine')
    })

    it('and is a person is answered once, whatever is done without a word later', async () => {
      const { model, commands } = await hearMachine()
      model.latest.speak(audio(400), 'answer')
      model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
      model.latest.emit({ type: 'toolCalled', toolCallId: 't1', name: 'keep_listening', argumentsJson: '{}' })
      await settle()
      expect(commands('toolOutput')).toHaveLength(1)
      expect(commands('reply')).toEqual([])
    })
  })

  it('goes on where that is the plan', async () => {
    const { call, commands, hungUp } = await pickUp()
    call.answeredBy('machine')
    await settle()
    expect(call.state.phase).toBe('live')
    expect(hungUp).toEqual([])
    expect(notes(commands('addMessage'))).toContain('Judge by what you hear')
  })

  it('counts the first verdict only, and a person who speaks after it', async () => {
    const { call, model, commands } = await pickUp(caller(), { machine: { action: 'hangUp' } })
    call.answeredBy('human')
    call.answeredBy('machine')
    expect(call.state.phase).toBe('live')
    expect(commands('addMessage')).toEqual([])
    const wrong = await pickUp()
    wrong.call.answeredBy('machine')
    saysHello(wrong)
    wrong.call.end('caller_hung_up')
    expect(wrong.call.state.disposition, 'somebody was there').toBe('caller_hung_up')
    saysHello({ model })
  })

  it('hangs up on a fax whatever the plan', async () => {
    const { call, hungUp } = await pickUp(caller(), { machine: message })
    call.answeredBy('fax')
    await settle()
    expect(hungUp).toEqual(['CA1'])
  })
})

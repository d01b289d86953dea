import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HeardPart, HistoryItem } from '../model.ts'
import { connect, wishes, type Heard, type ModelRig } from './model-rig.ts'

const SENTENCE =
  'Say: "Good morning, and thank you for calling. All of our lines are busy, so please hold on and somebody will be with you."'

/**
 * The contract of a model provider (`model.ts`) as vitest tests. The real provider and the scripted model of the tests both
 * pass it, so that no test is more lenient than the wire.
 */
export const testModel = (name: string, open: () => Promise<ModelRig>): void => {
  describe(`the model "${name}"`, { timeout: 20_000 }, () => {
    let rig: ModelRig
    let model: ReturnType<typeof connect>
    beforeEach(async () => {
      rig = await open()
      model = connect(rig)
    })
    afterEach(async () => {
      model.connection.close()
      await rig.close()
    })
    const until = (condition: () => boolean): Promise<void> => rig.until(condition)
    const configured = (): Promise<void> => until(() => model.count('configured') === 1)

    it('arrives in its order, and says nothing of a conversation before', async () => {
      await configured()
      expect(model.told.map(({ type }) => type)).toEqual(['opened', 'created', 'configured'])
    })

    it('refuses a command before it is configured, and does nothing about it', async () => {
      const early = connect(rig)
      expect(await early.isRefused({ type: 'reply' })).toBe(true)
      await until(() => early.count('configured') === 1)
      early.connection.close()
      expect(early.count('replyStarted')).toBe(0)
    })

    it('speaks within a reply, and tells the end of each part behind its audio', async () => {
      await configured()
      model.say(SENTENCE)
      await until(() => model.count('replyEnded') === 1)
      const reply = model.told.slice(model.told.findIndex(({ type }) => type === 'replyStarted'))
      const types = reply.map(({ type }) => type)
      expect(types.lastIndexOf('audio')).toBeLessThan(types.indexOf('partEnded'))
      expect(types.at(-1)).toBe('replyEnded')
      expect(model.count('audio'), 'no audio outside the reply').toBe(types.filter((type) => type === 'audio').length)
      const [heard] = model.of('audio')
      const { itemId, contentIndex } = heard!
      expect(model.of('partEnded')).toEqual([{ type: 'partEnded', itemId, contentIndex }])
      expect(model.of('replyEnded')).toMatchObject([{ outcome: 'completed' }])
    })

    it('joins requests for a reply while one is being generated', async () => {
      await configured()
      model.say(SENTENCE)
      await until(() => model.count('audio') > 0)
      for (let times = 0; times < 3; times++) model.connection.send({ type: 'reply' })
      await until(() => model.count('replyEnded') === 2)
      // Any other requested reply would come before this one.
      model.say(SENTENCE)
      await until(() => model.count('replyEnded') === 3)
      expect(model.count('replyStarted')).toBe(3)
    })

    /** The heard parts that this model can correct. */
    const correctable = (heard: readonly HeardPart[]): HeardPart[] => {
      const { truncate, deleteItem } = rig.provider.can
      return heard.filter(({ heardMs }) => (heardMs === 0 ? deleteItem : truncate))
    }

    it('falls silent when it is interrupted and ends that reply as cancelled, or is let run to its end', async () => {
      await configured()
      const { cancel } = rig.provider.can
      model.say(SENTENCE)
      await until(() => model.count('audio') > 0)
      const heard = model.count('audio')
      const [{ itemId, contentIndex, ms }] = model.of('audio') as [Heard]
      model.connection.send({
        type: 'interrupt',
        cause: 'gateway',
        heard: correctable([
          { itemId, contentIndex, heardMs: 20, sentMs: ms },
          { itemId: 'of_a_former_session', contentIndex: 0, heardMs: 20, sentMs: 40 },
        ]),
      })
      await until(() => model.count('replyEnded') === 1)
      expect(model.of('replyEnded')).toMatchObject([{ outcome: cancel ? 'cancelled' : 'completed' }])
      if (cancel) expect(model.count('audio')).toBe(heard)
      else expect(model.count('audio')).toBeGreaterThan(heard)
      model.say(SENTENCE)
      await until(() => model.count('replyEnded') === 2)
      expect(model.count('warning'), 'what was told of the heard is right').toBe(0)
    })

    it('forgets a sentence of which nothing was heard', async () => {
      await configured()
      model.say(SENTENCE)
      await until(() => model.count('audio') > 0)
      const [{ itemId, contentIndex, ms }] = model.of('audio') as [Heard]
      const heard = correctable([{ itemId, contentIndex, heardMs: 0, sentMs: ms }])
      model.connection.send({ type: 'interrupt', cause: 'gateway', heard })
      await until(() => model.count('replyEnded') === 1)
      model.say(SENTENCE)
      await until(() => model.count('replyEnded') === 2)
      expect(model.count('warning')).toBe(0)
    })

    it('tells when the caller begins and ends to speak, or never does', async () => {
      await configured()
      model.takeTurn()
      const tells = rig.provider.can.turnEvents
      if (tells) await until(() => model.count('speechStopped') > 0)
      else {
        model.say(SENTENCE)
        await until(() => model.count('replyEnded') > 0)
      }
      const turns = model.told.filter(({ type }) => type === 'speechStarted' || type === 'speechStopped')
      expect(turns.slice(0, 2).map(({ type }) => type)).toEqual(tells ? ['speechStarted', 'speechStopped'] : [])
    })

    it('does not answer a turn that was noise', async ({ skip }) => {
      const { turnEvents, cancel, deleteItem } = rig.provider.can
      skip(!turnEvents || !cancel || !deleteItem, 'it cannot forget it, or cannot be stopped')
      const other = connect(rig, {}, ({ type }, connection) => {
        if (type === 'speechStopped') connection.send({ type: 'dismissTurn' })
      })
      await until(() => other.count('configured') === 1)
      other.takeTurn()
      await until(() => other.count('speechStopped') > 0)
      other.say(SENTENCE)
      await until(() => other.count('replyEnded') > 0)
      other.connection.close()
      expect([other.count('replyStarted'), other.count('warning')]).toEqual([1, 0])
    })

    it('refuses to have been heard for longer than it spoke', async ({ skip }) => {
      skip(!rig.provider.can.truncate, 'it is told nothing of that')
      await configured()
      model.say(SENTENCE)
      await until(() => model.count('replyEnded') === 1)
      const [{ itemId, contentIndex }] = model.of('audio') as [Heard]
      const heard = [{ itemId, contentIndex, heardMs: 600_000, sentMs: 600_000 }]
      expect(await model.isRefused({ type: 'interrupt', cause: 'gateway', heard })).toBe(true)
    })

    it('calls a tool once, within a reply, and speaks when it has the output', async () => {
      await configured()
      model.say('Please look it up.')
      await until(() => model.count('replyEnded') === 1)
      const types = model.told.map(({ type }) => type)
      expect(types.indexOf('toolCalled')).toBeGreaterThan(types.indexOf('replyStarted'))
      expect(types.indexOf('toolCalled')).toBeLessThan(types.indexOf('replyEnded'))
      const [called] = model.of('toolCalled')
      expect(called).toMatchObject({ name: 'look_up' })
      model.connection.send({ type: 'toolOutput', toolCallId: called!.toolCallId, output: '"found"' })
      model.connection.send({ type: 'reply' })
      await until(() => model.count('replyEnded') === 2)
      expect(model.count('audio')).toBeGreaterThan(0)
      expect(model.count('toolCalled')).toBe(1)
    })

    it('tells of a tool call behind all of the sentence that goes along with it, and before the end of the reply', async () => {
      await configured()
      model.say('Please announce that you look it up, and look it up.')
      await until(() => model.count('replyEnded') === 1)
      const types = model.told.map(({ type }) => type)
      const order = ['replyStarted', 'audio', 'partEnded', 'toolCalled', 'replyEnded'] as const
      expect(types.filter((type, index) => order.some((one) => one === type) && type !== types[index - 1])).toEqual(
        order,
      )
      expect(model.of('replyEnded')).toMatchObject([{ outcome: 'completed' }])
    })

    it('refuses the output of a tool call that it did not make', async () => {
      await configured()
      expect(await model.isRefused({ type: 'toolOutput', toolCallId: 'call_unheard_of', output: '1' })).toBe(true)
    })

    const history: readonly HistoryItem[] = [
      { kind: 'message', role: 'system', text: 'The caller has called before.' },
      { kind: 'message', role: 'user', text: 'Is my parcel there?' },
      { kind: 'message', role: 'assistant', text: 'One moment, I will look.' },
      { kind: 'toolCall', toolCallId: 'call_before', name: 'look_up', argumentsJson: '{}', output: '"it is not"' },
      { kind: 'message', role: 'assistant', text: 'No. Shall I try once more?' },
      { kind: 'toolCall', toolCallId: 'call_running', name: 'look_up', argumentsJson: '{}' },
    ]
    const found = { type: 'toolOutput', toolCallId: 'call_running', output: '"found"' } as const

    it('knows the conversation so far, reports nothing of it, and says what comes of a tool that was running', async () => {
      const other = connect(rig, { history })
      await until(() => other.count('configured') === 1)
      expect(other.told.map(({ type }) => type)).toEqual(['opened', 'created', 'configured'])
      other.connection.send(found)
      other.connection.send({ type: 'reply' })
      await until(() => other.count('replyEnded') === 1)
      other.connection.close()
      expect(other.count('audio')).toBeGreaterThan(0)
      for (const type of ['warning', 'toolCalled', 'lost'] as const) expect(other.of(type)).toEqual([])
      expect(other.of('itemPlaced').filter(({ speaker }) => speaker === 'caller')).toEqual([])
    })

    it('takes steps of another connection while it is open, and the output of a tool that runs there', async () => {
      await configured()
      model.connection.send({ type: 'addHistory', items: history })
      model.connection.send(found)
      model.connection.send({ type: 'reply' })
      await until(() => model.count('replyEnded') === 1)
      expect(model.count('audio')).toBeGreaterThan(0)
      for (const type of ['warning', 'toolCalled', 'lost'] as const) expect(model.of(type)).toEqual([])
    })

    it('takes other settings, and says so', async () => {
      await configured()
      const turnDetection = { kind: 'semantic', eagerness: 'low', autoReply: true } as const
      model.connection.send({ type: 'configure', config: { turnDetection } })
      await until(() => model.count('reconfigured') === 1)
      expect(model.count('configureRefused')).toBe(0)
    })

    it('does without what it cannot have of the wishes of a call, and the call hears nothing of that', async () => {
      const wishing = connect(rig, { wishes })
      await until(() => wishing.count('configured') === 1)
      wishing.say(SENTENCE)
      await until(() => wishing.count('replyEnded') === 1)
      wishing.connection.close()
      expect(wishing.count('audio')).toBeGreaterThan(0)
      expect([...wishing.of('warning'), ...wishing.of('lost')]).toEqual([])
    })

    it('is silent once it is closed', async () => {
      await configured()
      model.say(SENTENCE)
      await until(() => model.count('audio') > 0)
      model.connection.close()
      const before = model.told.length
      model.connection.send({ type: 'reply' })
      model.connection.appendAudio('////')
      const other = connect(rig)
      await until(() => other.count('configured') === 1)
      other.connection.close()
      expect(model.told).toHaveLength(before)
    })

    it('is lost once when its far side goes away, and takes no harm from what is sent then', async () => {
      await configured()
      rig.drop()
      await until(() => model.count('lost') === 1)
      expect(model.of('lost')).toMatchObject([{ retry: true }])
      model.connection.send({ type: 'reply' })
      model.connection.appendAudio('////')
      expect(model.told.at(-1)?.type).toBe('lost')
    })
  })
}

import { describe, expect, it } from 'vitest'
import { fakeClock } from '../../src/testing/index.ts'
import { configured, created, delta, done, refuses, wish } from './server.ts'

const started = (item_id?: string): object => ({ type: 'input_audio_buffer.speech_started', item_id })
const stopped = (item_id?: string): object => ({ type: 'input_audio_buffer.speech_stopped', item_id })
const committed = (item_id: string): object => ({ type: 'input_audio_buffer.committed', item_id })
const spoken = (id: string): object => ({
  type: 'conversation.item.added',
  item: { id, type: 'message', role: 'user', content: [{ type: 'input_audio', transcript: null }] },
})
const written = (id: string): object => ({
  type: 'conversation.item.added',
  item: { id, type: 'message', role: 'user', content: [{ type: 'input_text', text: 'The caller pressed 1.' }] },
})

describe('a cough', () => {
  it('is forgotten, with the answer that the server makes of it', async () => {
    const { connection, says, settled, sent, types, audio, events } = await configured({}, { wishes: wish() })
    await says(started('cough'), stopped('cough'))
    connection.send({ type: 'dismissTurn' })
    await says(
      committed('cough'),
      spoken('cough'),
      created('auto'),
      { type: 'conversation.item.added', item: { id: 'a1', type: 'message', role: 'assistant' } },
      delta('auto', 'a1'),
      { type: 'conversation.item.input_audio_transcription.completed', item_id: 'cough', transcript: 'Hrm.' },
    )
    await says(done('auto', { status: 'cancelled', usage: { output_token_details: { audio_tokens: 7 } } }))
    await settled()
    expect(sent).toMatchObject([
      { type: 'conversation.item.delete', item_id: 'cough' },
      { type: 'response.cancel', response_id: 'auto' },
      { type: 'conversation.item.delete', item_id: 'a1' },
    ])
    expect(types(), 'only its price is told').toEqual(['speechStarted', 'speechStopped', 'primed'])
    expect(events.at(-1)).toMatchObject({ usage: { output: { audio: 7 } } })
    expect(audio).toEqual([])
  })

  it('over a reply does not cancel our next one', async () => {
    const { connection, says, settled, sent, types } = await configured()
    await says(created('r1'), delta('r1'), started('cough'), stopped('cough'))
    connection.send({ type: 'dismissTurn' })
    connection.send({ type: 'reply' })
    await says(committed('cough'), spoken('cough'), done('r1'), created('r2'))
    await settled()
    expect(sent.map(({ type }) => type)).toEqual(['conversation.item.delete', 'response.create'])
    expect(types().filter((type) => type === 'replyStarted')).toHaveLength(2)
  })

  it('does not take pressed keys with it, whatever id the server gives them', async () => {
    const { connection, says, settled, sent } = await configured()
    await says(started(), stopped())
    connection.send({ type: 'dismissTurn' })
    connection.send({ type: 'addMessage', role: 'user', text: 'The caller pressed 1.' })
    await settled()
    const { id } = sent[0]!['item'] as { id: string }
    await says(written(id), written('another'), spoken('cough'))
    await settled()
    expect(sent.slice(1)).toMatchObject([{ type: 'conversation.item.delete', item_id: 'cough' }])
  })

  it('is only the turn that was named: what the caller says next is kept', async () => {
    const { connection, says, sent, types } = await configured()
    await says(started('cough'), stopped('cough'))
    connection.send({ type: 'dismissTurn' })
    await says(started('words'), spoken('cough'), stopped('words'), spoken('words'), created('answer'))
    expect(sent).toMatchObject([{ type: 'conversation.item.delete', item_id: 'cough' }])
    expect(types()).toContain('replyStarted')
  })

  it('that is in the conversation already is deleted at once', async () => {
    const { connection, says, settled, sent } = await configured()
    await says(started('cough'), stopped('cough'), committed('cough'), spoken('cough'))
    connection.send({ type: 'dismissTurn' })
    await settled()
    expect(sent).toMatchObject([{ type: 'conversation.item.delete', item_id: 'cough' }])
  })

  it('costs no reply when the server makes nothing of it: after three seconds it is history', async () => {
    const clock = fakeClock()
    const { connection, says, sent, types } = await configured({ clock })
    await says(started('cough'), stopped('cough'))
    connection.send({ type: 'dismissTurn' })
    await clock.advance(3_000)
    await says(created('later'))
    expect(sent).toEqual([])
    expect(types().at(-1)).toBe('replyStarted')
  })

  it('whose answer was taken for ours loses it as soon as that is known, and ours comes', async () => {
    const { connection, says, settled, sent } = await configured()
    await says(started('cough'), stopped('cough'))
    connection.send({ type: 'dismissTurn' })
    connection.send({ type: 'reply' })
    await says(spoken('cough'), created('auto'))
    await says(refuses('conversation_already_has_active_response', { event_id: sent[0]?.event_id }))
    await says(done('auto', { status: 'cancelled' }))
    await settled()
    expect(sent.map(({ type }) => type)).toEqual([
      'response.create',
      'conversation.item.delete',
      'response.cancel',
      'response.create',
    ])
  })
})

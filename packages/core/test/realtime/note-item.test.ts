import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { configured, created as begun, done, type Sent } from './server.ts'

/**
 * What real servers take as a message of the system: `input_text` in both dialects, an id of at most 32 characters, and nothing
 * else. OpenAI, "Realtime conversations" and the schema of `conversation.item.create`.
 */
const note = z.strictObject({
  type: z.literal('conversation.item.create'),
  event_id: z.string().max(512),
  item: z.strictObject({
    id: z.string().min(1).max(32),
    type: z.literal('message'),
    role: z.literal('system'),
    content: z.tuple([z.strictObject({ type: z.literal('input_text'), text: z.string().min(1) })]),
  }),
})

const created = (sent: readonly Sent[]) => sent.filter(({ type }) => type === 'conversation.item.create')
const asked = (sent: readonly Sent[]) => sent.filter(({ type }) => type === 'response.create')

describe.each(['ga', 'flat'] as const)('a note to the assistant over %s', (dialect) => {
  const open = async () => {
    const rig = await configured({}, {}, dialect)
    const tell = async (text: string) => {
      rig.connection.send({ type: 'addMessage', role: 'system', text })
      await rig.settled()
    }
    return { ...rig, tell }
  }

  it('is an item that real servers take, and asks for no reply', async () => {
    const { sent, tell } = await open()
    await tell('Offer Tuesday.')
    await tell(`"Quotes", a line\nbreak, ünd 电话 ${'x'.repeat(600)}`)
    for (const event of created(sent)) expect(note.safeParse(event).error).toBeUndefined()
    expect(created(sent)).toHaveLength(2)
    expect(new Set(created(sent).map(({ item }) => (item as { id: string }).id)).size).toBe(2)
    expect(asked(sent)).toEqual([])
  })

  it('is written while a reply runs, and the reply to it is asked for once that one is over', async () => {
    const { connection, sent, says, settled, tell } = await open()
    connection.send({ type: 'reply' })
    await settled()
    await says(begun('r1'))
    expect(asked(sent)).toHaveLength(1)
    await tell('Offer Tuesday.')
    connection.send({ type: 'reply' })
    await settled()
    expect(created(sent)).toHaveLength(1)
    // A second response at a time is refused: conversation_already_has_active_response.
    expect(asked(sent)).toHaveLength(1)
    await says(done('r1'))
    expect(asked(sent)).toHaveLength(2)
    expect(sent.indexOf(created(sent)[0]!)).toBeLessThan(sent.indexOf(asked(sent)[1]!))
  })
})

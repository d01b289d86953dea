import { expect, it } from 'vitest'
import { accept, connect, say } from './server.ts'

it('gives up a server that sends events without end, and reads no more of them', async () => {
  const { until, sockets } = await connect((socket) => accept(socket, [], {}), 'ga')
  await until('configured')
  const [socket] = sockets
  for (let n = 0; n < 12_000; n++) say(socket!, { type: 'response.output_audio_transcript.delta', delta: 'a' })
  expect(await until('lost')).toMatchObject({ retry: true, error: { code: 'model_flooded' } })
})

it('gives up a server that sends bytes without end', async () => {
  const { until, sockets } = await connect((socket) => accept(socket, [], {}), 'ga')
  await until('configured')
  for (let n = 0; n < 10; n++) say(sockets[0]!, { type: 'weather', text: 'x'.repeat(1_000_000) })
  expect(await until('lost')).toMatchObject({ error: { code: 'model_flooded' } })
})

it('takes a reply of two minutes in one go, with all that is told beside it', async () => {
  const { until, sockets, audio, connection } = await connect((socket) => {
    accept(socket, [], {})
    socket.on('got:response.create', () => say(socket, { type: 'response.created', response: { id: 'r1' } }))
  }, 'ga')
  await until('configured')
  connection.send({ type: 'reply' })
  await until('replyStarted')
  const delta = Buffer.alloc(160, 0x2a).toString('base64')
  const part = { response_id: 'r1', item_id: 'i1', content_index: 0 }
  for (let n = 0; n < 6_000; n++) say(sockets[0]!, { type: 'response.output_audio.delta', ...part, delta })
  for (let n = 0; n < 1_000; n++)
    say(sockets[0]!, { type: 'response.output_audio_transcript.delta', ...part, delta: 'a' })
  say(sockets[0]!, { type: 'response.done', response: { id: 'r1', status: 'completed' } })
  await until('replyEnded')
  expect(audio).toHaveLength(6_000)
})

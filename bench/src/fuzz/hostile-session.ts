import type { RawData, WebSocket } from 'ws'
import { hostileEvent, serverMannersOf } from './hostile-events.ts'
import { mutated, oddValue } from './odd-values.ts'
import type { Random } from './random.ts'
import { sendMessage, untilRead } from './send-message.ts'

/** So many messages are sent between two looks at what the other side has taken. */
const BATCH = 20

/** Plays a model server that does not keep to its protocol, on one connection, until the connection or `most` events are over. */
export const serveHostileSession = (
  socket: WebSocket,
  random: Random,
  options: { readonly most: number; onEvent(): void },
): void => {
  const manners = serverMannersOf(random)
  const isOpen = (): boolean => socket.readyState === socket.OPEN
  let isTalking = false

  const sendEvents = async (): Promise<void> => {
    for (let sent = 0; sent < options.most && isOpen();) {
      for (const end = sent + BATCH; sent < end && isOpen(); sent++) {
        sendMessage(socket, hostileEvent(manners, random))
        options.onEvent()
      }
      await untilRead(socket)
    }
  }
  const talk = (): void => {
    if (isTalking) return
    isTalking = true
    void sendEvents()
  }

  const session = { type: 'realtime', id: 'sess', object: 'realtime.session' }
  const onUpdate = (given: object): void => {
    const updated = { type: 'session.updated', session: { ...session, ...given } }
    // Mostly configured as it should be: a session that never comes about shows little.
    if (random.chance(0.9)) socket.send(JSON.stringify(updated))
    else
      switch (random.below(4)) {
        case 0:
          socket.send(mutated(random, updated))
          break
        case 1:
          socket.send(`{"type":"session.updated","session":${oddValue(random)}}`)
          break
        case 2:
          socket.send(
            JSON.stringify({
              type: 'error',
              error: { type: 'invalid_request_error', code: 'unknown_parameter', param: 'session.x' },
            }),
          )
          break
        default:
          socket.terminate()
      }
    talk()
  }

  socket.on('message', (data: RawData) => {
    const text = (data as Buffer).toString()
    if (!isOpen() || text.startsWith('{"type":"input_audio_buffer.append"')) return
    const { type, session: given = {} } = JSON.parse(text) as { type: string; session?: object }
    if (type === 'session.update' && !isTalking) onUpdate(given)
  })
  socket.on('error', () => socket.terminate())
  if (random.chance(0.97)) socket.send(JSON.stringify({ type: 'session.created', session }))
  else talk()
}

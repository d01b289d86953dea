import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { WebSocket } from 'ws'
import type { Message } from './hostile-frames.ts'

/** Sends a message, however odd, on an open socket. */
export const sendMessage = (socket: WebSocket, message: Message): void => {
  switch (message.kind) {
    case 'text':
      return socket.send(message.text)
    case 'binary':
      return socket.send(message.bytes)
    case 'ping':
      return socket.ping()
    case 'raw':
      // ws would not send it: written past it.
      return void (Reflect.get(socket, '_socket') as Socket).write(message.bytes)
    case 'fragments': {
      const { text, count } = message
      const size = Math.max(1, Math.ceil(text.length / count))
      for (let from = 0; from < text.length; from += size)
        socket.send(text.slice(from, from + size), { fin: from + size >= text.length })
    }
  }
}

/** The gateway is not pinged again when it has not answered by then. */
const PONG_LIMIT_MS = 5_000

/** Waits until the other side has read what was sent: more would measure how long it takes to read all of it. */
export const untilRead = async (socket: WebSocket): Promise<void> => {
  if (socket.readyState !== socket.OPEN) return
  const done = new AbortController()
  const { signal } = done
  const read = Promise.race([
    once(socket, 'pong', { signal }),
    once(socket, 'close', { signal }),
    wait(PONG_LIMIT_MS, undefined, { signal }),
  ])
  socket.ping()
  await read
  done.abort()
}

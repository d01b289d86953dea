/** The server's own pings, as a client of the real one gets them. */
import type { WebSocket } from 'ws'
import type { SessionContext } from './session-context.ts'

/**
 * Pings every `pingMs`. That a client which answers none is closed before the next one is an assumption: servers built
 * like the real one do it with this code and reason.
 */
export function keepAlive(
  socket: WebSocket,
  { latency, after }: SessionContext,
  close: (code: number, reason: string) => void,
) {
  let isAnswered = true
  const ping = () => {
    if (!isAnswered) return close(1011, 'keepalive ping timeout')
    isAnswered = false
    socket.ping()
    after(latency().pingMs, ping).unref()
  }
  socket.on('pong', () => {
    isAnswered = true
  })
  after(latency().pingMs, ping).unref()
}

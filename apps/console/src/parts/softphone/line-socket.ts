import type { FromSoftphone, ToSoftphone } from '@llc-phone/virtual-carrier/line-protocol'

/** The socket of a call's line, which is opened again by itself when it was lost. */
export interface LineSocket {
  send(message: FromSoftphone): void
  close(): void
}

/** What the socket tells. After `gone` nothing comes any more. */
export interface LineListener {
  readonly message: (message: ToSoftphone) => void
  readonly lost: () => void
  readonly found: () => void
  readonly gone: () => void
}

/** The gateway keeps a leg this long without its socket. */
const KEPT_MS = 4_000
const RETRY_EVERY_MS = 400
/** Two seconds of audio that did not leave: it would come too late to be an answer. */
const FULL_BYTES = 2 * 50 * 260

const readMessage = (data: unknown): ToSoftphone | undefined => {
  try {
    return JSON.parse(String(data)) as ToSoftphone
  } catch {
    return undefined
  }
}

/**
 * Opens the line at an address (`ws:` or `wss:`). A socket that is lost in a call is opened again at the address the gateway gave
 * beforehand; marks and keys wait for it, audio does not.
 */
export const openLine = (
  address: URL,
  listener: LineListener,
  open = (url: string): WebSocket => new WebSocket(url),
): LineSocket => {
  const waiting: FromSoftphone[] = []
  let again: string | undefined
  let lostAt: number | undefined
  let isOver = false
  let socket: WebSocket

  const over = (): void => {
    isOver = true
    socket.close()
  }

  const take = (message: ToSoftphone): void => {
    if (message.event === 'state') again = message.again ?? again
    listener.message(message)
    if (message.event === 'state' && message.state === 'ended') over()
  }

  const lose = (): void => {
    if (isOver) return
    const isFirst = lostAt === undefined
    lostAt ??= Date.now()
    if (again === undefined || Date.now() - lostAt > KEPT_MS) {
      isOver = true
      return listener.gone()
    }
    if (isFirst) listener.lost()
    const next = again
    setTimeout(() => {
      if (!isOver) connect(next)
    }, RETRY_EVERY_MS)
  }

  const connect = (to: string): void => {
    const mine = open(new URL(to, address).href)
    socket = mine
    mine.addEventListener('open', () => {
      if (lostAt !== undefined) listener.found()
      lostAt = undefined
      for (const message of waiting.splice(0)) mine.send(JSON.stringify(message))
    })
    mine.addEventListener('message', ({ data }) => {
      const message = readMessage(data)
      if (message && !isOver) take(message)
    })
    mine.addEventListener('close', () => {
      if (mine === socket) lose()
    })
  }

  connect(address.href)
  return {
    send(message) {
      const isOpen = socket.readyState === 1
      if (message.event === 'media') {
        if (isOpen && socket.bufferedAmount < FULL_BYTES) socket.send(JSON.stringify(message))
      } else if (isOpen) socket.send(JSON.stringify(message))
      else waiting.push(message)
    },
    close: over,
  }
}

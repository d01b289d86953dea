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
/** Nothing leaves for so long: the network has changed or is gone, which the browser notices only after minutes. */
const STUCK_MS = 3_000
/** The first connection: a gateway that answers does so at once. */
const OPENS_WITHIN_MS = 10_000

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
  let isLost = false
  let isOver = false
  let fullSince: number | undefined
  let socket: WebSocket | undefined

  const over = (): void => {
    isOver = true
    clearTimeout(deadline)
    socket?.close()
  }

  const gone = (): void => {
    if (isOver) return
    over()
    listener.gone()
  }
  let deadline = setTimeout(gone, OPENS_WITHIN_MS)

  const take = (message: ToSoftphone): void => {
    if (message.event === 'state') again = message.again ?? again
    listener.message(message)
    if (message.event === 'state' && message.state === 'ended') over()
  }

  const lose = (): void => {
    socket = undefined
    if (isOver) return
    if (again === undefined) return gone()
    if (!isLost) {
      isLost = true
      deadline = setTimeout(gone, KEPT_MS)
      listener.lost()
    }
    const next = again
    setTimeout(() => {
      if (!isOver) connect(next)
    }, RETRY_EVERY_MS)
  }

  const connect = (to: string): void => {
    const mine = open(new URL(to, address).href)
    socket = mine
    mine.addEventListener('open', () => {
      if (mine !== socket) return mine.close()
      clearTimeout(deadline)
      fullSince = undefined
      if (isLost) listener.found()
      isLost = false
      for (const message of waiting.splice(0)) mine.send(JSON.stringify(message))
    })
    mine.addEventListener('message', ({ data }) => {
      const message = readMessage(data)
      if (message && mine === socket && !isOver) take(message)
    })
    mine.addEventListener('close', () => {
      if (mine === socket) lose()
    })
  }

  /** Audio that does not leave is left out; a socket that nothing leaves is given up for another one. */
  const sendAudio = (to: WebSocket, text: string): void => {
    if (to.bufferedAmount < FULL_BYTES) {
      fullSince = undefined
      return to.send(text)
    }
    fullSince ??= Date.now()
    if (Date.now() - fullSince < STUCK_MS) return
    lose()
    to.close()
  }

  connect(address.href)
  return {
    send(message) {
      if (socket?.readyState !== 1) {
        if (message.event !== 'media') waiting.push(message)
      } else if (message.event === 'media') sendAudio(socket, JSON.stringify(message))
      else socket.send(JSON.stringify(message))
    },
    close: over,
  }
}

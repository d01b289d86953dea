import { Agent, get, type IncomingMessage } from 'node:http'
import { setPriority } from 'node:os'
import { WebSocket } from 'ws'
import type { Audience, FromViewers, Told, ToViewers } from './viewers-messages.ts'

// Pages of the console as the gateway sees them: their feeds, and what they read beside them, as apps/console/src/api/feed.ts and
// use-call.ts do. They draw nothing, and give way to the load, whose clock is what delays are measured by.

/** The lowest there is. */
const PRIORITY = 19
/** A page of live calls reads the list this often for what no event tells, and how many messages wait this often. */
const LIST_EVERY_MS = 10_000
const MESSAGES_EVERY_MS = 30_000
/** The page of a call reads its story this often, and after news of it at most this often. */
const STORY_EVERY_MS = 2_000
const STORY_AT_MOST_EVERY_MS = 500

setPriority(PRIORITY)
const agent = new Agent({ keepAlive: true })
const tell = (message: FromViewers): void => void process.send?.(message)
const none = (): { -readonly [Key in keyof Told]: Told[Key] } => ({ events: 0, answers: 0, blocks: 0, broken: 0 })
let told = none()
const ends: (() => void)[] = []

const ask = (url: string, authorization: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get(url, { agent, headers: { authorization } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => void (text += part))
      response.on('end', () => {
        told.answers++
        if (response.statusCode === 200) resolve(text)
        else reject(new Error(`${url} answered ${response.statusCode}: ${text}`))
      })
    }).on('error', reject)
  })

const openFeed = (url: string, authorization: string, heard: (kinds: readonly string[]) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    let isOver = false
    const take = (response: IncomingMessage): void => {
      if (response.statusCode !== 200) return reject(new Error(`${url} answered ${response.statusCode}.`))
      response.setEncoding('utf8').on('data', (text: string) => {
        const kinds = [...text.matchAll(/^event: (\w+)$/gm)].map(([, kind]) => kind!)
        told.events += kinds.length
        heard(kinds)
      })
      const broken = (): void => {
        if (!isOver) told.broken++
      }
      response.on('close', broken).on('error', broken)
      resolve()
    }
    const request = get(url, { agent: false, headers: { authorization } }, take).on('error', reject)
    ends.push(() => {
      isOver = true
      request.destroy()
    })
  })

const every = (ms: number, firstMs: number, act: () => void): void => {
  let repeated: ReturnType<typeof setInterval> | undefined
  const first = setTimeout(() => {
    act()
    repeated = setInterval(act, ms)
  }, firstMs)
  ends.push(() => {
    clearTimeout(first)
    clearInterval(repeated)
  })
}

const open = async (origin: string, token: string, { pages, listeners }: Audience): Promise<void> => {
  const authorization = `Bearer ${token}`
  const read = (path: string): void => void ask(`${origin}${path}`, authorization).catch(() => told.broken++)
  const list = JSON.parse(await ask(`${origin}/calls?limit=100`, authorization)) as {
    calls: readonly { readonly callId: string; readonly phase?: string }[]
  }
  const { callId } = list.calls.find(({ phase }) => phase === 'live') ?? {}
  if (callId === undefined) throw new Error('No call is live.')

  const openPage = async (page: number): Promise<void> => {
    // Pages are not opened at the same moment, so they do not read at the same moment either.
    const share = page / pages
    every(LIST_EVERY_MS, LIST_EVERY_MS * share, () => read('/calls?limit=100'))
    every(MESSAGES_EVERY_MS, MESSAGES_EVERY_MS * share, () => read('/messages?limit=1'))
    const feed = `${origin}/calls/events?level=list`
    if (page > 0) return openFeed(feed, authorization, () => {})
    let asked: ReturnType<typeof setTimeout> | undefined
    const readStory = (): void => read(`/calls/${callId}?events=false`)
    every(STORY_EVERY_MS, 0, readStory)
    return openFeed(`${feed}&detail=${callId}`, authorization, (kinds) => {
      if (kinds.every((kind) => kind === 'call')) return
      asked ??= setTimeout(() => {
        asked = undefined
        readStory()
      }, STORY_AT_MOST_EVERY_MS)
    })
  }
  const listen = (): Promise<void> =>
    new Promise((resolve, reject) => {
      let isOver = false
      const url = `${origin.replace('http', 'ws')}/calls/${callId}/listen`
      const socket = new WebSocket(url, { perMessageDeflate: false, headers: { authorization } })
      socket.on('message', () => void told.blocks++)
      socket.on('error', reject)
      socket.on('close', () => {
        if (!isOver) told.broken++
      })
      socket.once('open', resolve)
      ends.push(() => {
        isOver = true
        socket.terminate()
      })
    })
  await Promise.all([
    ...Array.from({ length: pages }, (_, page) => openPage(page)),
    ...Array.from({ length: listeners }, listen),
  ])
}

const fail = (error: unknown): never => {
  console.error(error)
  process.exit(1)
}

process.on('message', (message: ToViewers) => {
  if (message.type === 'open') {
    told = none()
    open(message.origin, message.token, message.audience).then(() => tell({ type: 'opened' }), fail)
  } else if (message.type === 'count') told = none()
  else {
    for (const end of ends.splice(0)) end()
    tell({ type: 'closed', told })
  }
})
tell({ type: 'ready' })

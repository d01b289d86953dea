import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createCallee, type FakeCallee, type Wire } from './fake-callee.ts'

/** Twilio's REST API as far as outbound calls need it: place, search, look up, end. */
export interface FakeTwilio {
  readonly url: string
  /** Every call that was placed, in order. */
  readonly callees: readonly FakeCallee[]
  close(): void
}

export interface FakeTwilioOptions extends Wire {
  /** What happens to a call that was placed. */
  lead(callee: FakeCallee): Promise<void>
  /** The call is placed, but nobody is told so. */
  losesAnswer?(callee: FakeCallee): boolean
  onProblem(message: string): void
}

const resource = ({ callSid, to, from, status, createdAt }: FakeCallee) => ({
  sid: callSid,
  to,
  from,
  status: status === 'initiated' ? 'queued' : status,
  direction: 'outbound-api',
  date_created: createdAt.toUTCString().replace('GMT', '+0000'),
})

/** Listens on loopback. */
export const startFakeTwilio = async (options: FakeTwilioOptions): Promise<FakeTwilio> => {
  const callees: FakeCallee[] = []
  const failed = ({ index }: FakeCallee, error: unknown): void =>
    options.onProblem(`call ${index}: ${error instanceof Error ? error.message : String(error)}`)

  const place = async (request: IncomingMessage, response: ServerResponse): Promise<object> => {
    const callee: FakeCallee = createCallee(new URLSearchParams(await text(request)), options, (error) =>
      failed(callee, error),
    )
    callees.push(callee)
    options.lead(callee).catch((error: unknown) => failed(callee, error))
    if (options.losesAnswer?.(callee)) response.destroy()
    return resource(callee)
  }

  const search = (query: URLSearchParams): object => {
    const found = callees.filter(({ to, from }) => to === query.get('To') && from === query.get('From'))
    return { calls: found.map(resource), page: 0, page_size: 50, next_page_uri: null }
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<object | undefined> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://twilio')
    if (pathname.endsWith('/Calls.json'))
      return request.method === 'POST' ? place(request, response) : search(searchParams)
    const callee = callees.find(({ callSid }) => pathname.endsWith(`/Calls/${callSid}.json`))
    if (!callee) return undefined
    const status = request.method === 'POST' ? new URLSearchParams(await text(request)).get('Status') : null
    if (status !== null) {
      const ended = callee.end(callee.media ? 'completed' : 'canceled')
      ended.catch((error: unknown) => failed(callee, error))
    }
    return resource(callee)
  }

  const server = createServer((request, response) => {
    void answer(request, response).then((found) => {
      const body = found ?? { code: 20404, message: 'The requested resource was not found', status: 404 }
      response.writeHead(found ? (request.method === 'POST' ? 201 : 200) : 404, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    callees,
    close: () => server.close(),
  }
}

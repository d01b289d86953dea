import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { KillCaller } from '../kill/kill-caller.ts'

/** As much of Twilio's REST API as a rescue needs: a call is in progress, and can be redirected. */
export interface RedirectingTwilio {
  readonly url: string
  /** Calls by their CallSid; those that are over are not in it. */
  readonly calls: Map<string, KillCaller>
  readonly redirects: number
  close(): void
}

/** Listens on loopback. */
export const startRedirectingTwilio = async (): Promise<RedirectingTwilio> => {
  const calls = new Map<string, KillCaller>()
  let redirects = 0
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const sid = /\/Calls\/(CA[0-9a-f]+)\.json/.exec(request.url ?? '')?.[1] ?? ''
      const call = calls.get(sid)
      const target = new URLSearchParams(body).get('Url')
      if (call && request.method === 'POST' && target !== null) {
        redirects++
        call.redirect(target).catch(() => {})
      }
      const status = call ? 'in-progress' : 'completed'
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ sid, status }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    get redirects() {
      return redirects
    },
    close: () => void server.close(),
  }
}

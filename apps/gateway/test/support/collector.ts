import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** A span as a collector gets it, in OTLP's JSON. */
export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startMs: number
  readonly endMs: number
  readonly attributes: Readonly<Record<string, unknown>>
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[]
  /** 2 for an error. */
  readonly status: number
  readonly resource: Readonly<Record<string, unknown>>
}

interface Attribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

const plain = (attributes: readonly Attribute[] = []): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

const msOf = (nanoseconds: string): number => Number(BigInt(nanoseconds) / 1_000_000n)

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Attribute[] }
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<ReceivedSpan, 'attributes' | 'events' | 'status'> & {
        readonly startTimeUnixNano: string
        readonly endTimeUnixNano: string
        readonly attributes: Attribute[]
        readonly events?: readonly { readonly name: string; readonly attributes: Attribute[] }[]
        readonly status?: { readonly code?: number }
      })[]
    }[]
  }[]
}

const spansIn = ({ resourceSpans }: Export): ReceivedSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ startTimeUnixNano, endTimeUnixNano, attributes, events = [], status, ...span }) => ({
        ...span,
        startMs: msOf(startTimeUnixNano),
        endMs: msOf(endTimeUnixNano),
        attributes: plain(attributes),
        events: events.map((event) => ({ name: event.name, attributes: plain(event.attributes) })),
        status: status?.code ?? 0,
        resource: plain(resource.attributes),
      })),
    ),
  )

/** A collector on this machine. It answers with each status in turn, then the last one; `hang`: never. */
export const startCollector = async (...statuses: (number | 'hang')[]) => {
  const spans: ReceivedSpan[] = []
  const requests: { path: string | undefined; headers: IncomingHttpHeaders }[] = []
  const server = createServer((request, response) => {
    const status = statuses[Math.min(requests.length, statuses.length - 1)] ?? 200
    requests.push({ path: request.url, headers: request.headers })
    if (status === 'hang') return void request.resume()
    void json(request).then((body) => {
      if (status === 200) spans.push(...spansIn(body as Export))
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

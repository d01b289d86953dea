import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { describe, expect, it } from 'vitest'
import { callerHeaders } from '../../src/realtime/caller-identity.ts'
import { accept, connect, refuses, say, type Script, type Sent } from './server.ts'

const NUMBER = '+14155550198'
const NAME = 'openai-safety-identifier'
const identifier = callerHeaders(NUMBER, 'sk-test')['OpenAI-Safety-Identifier']

describe('who is on the line', () => {
  it('is one short word, the same on every call of the same number', () => {
    expect(identifier).toMatch(/^[\da-f]{32}$/)
    expect(callerHeaders(NUMBER, 'sk-test')).toEqual({ 'OpenAI-Safety-Identifier': identifier })
    expect(callerHeaders('+14155550199', 'sk-test')['OpenAI-Safety-Identifier']).not.toBe(identifier)
  })

  it('cannot be found by hashing every telephone number', () => {
    const plain = createHash('sha256').update(NUMBER).digest('hex')
    expect(plain.startsWith(identifier!)).toBe(false)
    expect(callerHeaders(NUMBER, 'sk-other')['OpenAI-Safety-Identifier']).not.toBe(identifier)
  })

  it('is not told when the number is withheld', () => {
    expect(callerHeaders(undefined, 'sk-test')).toEqual({})
  })
})

/** What each handshake said. */
const watched = (script: Script) => {
  const told: unknown[] = []
  const watching: Script = (socket, sent, headers) => {
    told.push((headers as IncomingHttpHeaders)[NAME])
    script(socket, sent, headers)
  }
  return { told, watching }
}

describe('a handshake', () => {
  it('says who is on the line, and nothing when that is not known', async () => {
    const { told, watching } = watched(accept)
    const { until } = await connect(watching, 'ga', {}, { caller: NUMBER })
    await until('configured')
    const unknown = await connect(watching, 'ga')
    await unknown.until('configured')
    expect(told).toEqual([identifier, undefined])
  })

  it('in the other dialect says it as well', async () => {
    const { told, watching } = watched((socket, sent, headers) => {
      if (headers['openai-beta']) return accept(socket, sent, headers)
      say(socket, { type: 'session.created', session: {} })
      socket.on('got:session.update', () => say(socket, refuses('unknown_parameter', { param: 'session.type' })))
    })
    const { until } = await connect(watching, 'auto', {}, { caller: NUMBER })
    await until('configured')
    expect(told).toEqual([identifier, identifier])
  })

  it('after a server that closes at a refusal says it as well', async () => {
    const { told, watching } = watched((socket) => {
      say(socket, { type: 'session.created', session: {} })
      socket.on('got:session.update', (event: Sent) => {
        if (!event.session?.['prompt_cache_key'])
          return say(socket, { type: 'session.updated', session: event.session })
        say(socket, refuses('unknown_parameter', { param: 'session.prompt_cache_key' }))
        socket.close(4000)
      })
    })
    const { until } = await connect(watching, 'flat', { cacheKey: 'x' }, { caller: NUMBER })
    await until('configured')
    expect(told).toEqual([identifier, identifier])
  })
})

import { expect, it } from 'vitest'
import { createMediaTokens } from '../src/media/media-tokens.ts'

const tokensOf = (ended: Set<string> = new Set()) => createMediaTokens((callId) => !ended.has(callId))

it('gives the same token to a call until it is claimed, and claims it once', () => {
  const tokens = tokensOf()
  const token = tokens.issue('call-1')
  expect(tokens.issue('call-1')).toBe(token)
  expect(tokens.claim(token)).toEqual({ callId: 'call-1' })
  expect(tokens.claim(token)).toHaveProperty('refusal')
})

it('makes a new one when the last one was claimed and no socket came of it', () => {
  const tokens = tokensOf()
  const first = tokens.issue('call-1')
  tokens.claim(first)
  const second = tokens.issue('call-1')
  expect(second).not.toBe(first)
  expect(tokens.claim(second)).toEqual({ callId: 'call-1' })
})

it('gives each call its own, too long to be guessed', () => {
  const tokens = tokensOf()
  const all = Array.from({ length: 100 }, (_, n) => tokens.issue(`call-${n}`))
  expect(new Set(all).size).toBe(100)
  for (const token of all) expect(Buffer.from(token, 'base64url')).toHaveLength(24)
})

it('leads nowhere once its call has ended', () => {
  const ended = new Set<string>()
  const tokens = tokensOf(ended)
  const token = tokens.issue('call-1')
  ended.add('call-1')
  expect(tokens.claim(token)).toHaveProperty('refusal')
  expect(tokens.claim('unknown')).toHaveProperty('refusal')
})

it('keeps none of calls that have ended', () => {
  const ended = new Set<string>()
  const asked: string[] = []
  const tokens = createMediaTokens((callId) => {
    asked.push(callId)
    return !ended.has(callId)
  })
  for (const callId of ['call-1', 'call-2']) tokens.issue(callId)
  ended.add('call-1')
  tokens.issue('call-3')
  asked.length = 0
  tokens.issue('call-3')
  expect(asked).toEqual(['call-2'])
})

import { expect, it } from 'vitest'
import { callOfToken, createSignedTokens, firstToken, isTokenOf } from '../src/media/signed-tokens.ts'

const OLD = 'a'.repeat(32)
const NEW = 'b'.repeat(32)

const instance = (secrets: readonly string[], { epoch = 1, live = ['call-1'] } = {}) => {
  const opened: string[] = []
  const state = { epoch }
  const tokens = createSignedTokens({
    secrets,
    epochOf: () => state.epoch,
    isLive: (callId) => live.includes(callId),
    opened: (callId) => void opened.push(callId),
  })
  return { ...tokens, opened, state }
}

const refusalOf = (claimed: object): string => (claimed as { refusal?: string }).refusal ?? 'none'

it('names the call, has 192 bits that nobody can guess, and is the same until it is claimed', () => {
  const { issue, claim, opened } = instance([OLD])
  const token = issue('call-1')
  expect(issue('call-1')).toBe(token)
  expect(callOfToken(token)).toBe('call-1')
  expect(Buffer.from(token.split('.')[1]!, 'base64url')).toHaveLength(24)
  expect(claim(token)).toEqual({ callId: 'call-1' })
  expect(opened).toEqual(['call-1'])
  expect(refusalOf(claim(token))).toContain('used before')
})

it('is another one for the next socket of the same call', () => {
  const { issue, claim } = instance([OLD])
  const first = issue('call-1')
  claim(first)
  const second = issue('call-1')
  expect(second).not.toBe(first)
  expect(claim(second)).toEqual({ callId: 'call-1' })
})

it('is checked by any instance with the secret, which need remember nothing', () => {
  const [one, other] = [instance([OLD]), instance([NEW, OLD])]
  expect(other.claim(one.issue('call-1'))).toEqual({ callId: 'call-1' })
  expect(isTokenOf(one.issue('call-1'), [OLD], 1)).toBe(true)
  expect(firstToken([OLD], 'call-1', 1)).toBe(one.issue('call-1'))
})

it('is signed with the first secret and verified with each: a secret is replaced without losing a call', () => {
  const before = instance([OLD]).issue('call-1')
  const rotated = instance([NEW, OLD])
  expect(rotated.issue('call-1')).not.toBe(before)
  expect(rotated.claim(before)).toEqual({ callId: 'call-1' })
  expect(refusalOf(instance([NEW]).claim(before))).toContain('FLEET_SECRET')
})

it('is void once another process has taken the call over, and says so', () => {
  const { issue, claim, state } = instance([OLD])
  const token = issue('call-1')
  state.epoch = 2
  expect(isTokenOf(token, [OLD], 2)).toBe(false)
  expect(refusalOf(claim(token))).toContain('before this one')
  expect(claim(issue('call-1'))).toEqual({ callId: 'call-1' })
})

it.each([
  ['of a call that is not here', 'call-2.' + 'A'.repeat(32), 'does not have'],
  ['of another form', 'something', 'another form'],
  [
    'of another call',
    instance([OLD], { live: ['call-3'] })
      .issue('call-3')
      .replace('call-3', 'call-1'),
    'FLEET_SECRET',
  ],
])('opens nothing when it is %s', (_what, token, why) => {
  expect(refusalOf(instance([OLD]).claim(token))).toContain(why)
})

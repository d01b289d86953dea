import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { didYouMean, issueSentences } from '../src/index.ts'

const schema = z.strictObject({ port: z.int('write a whole number'), hosts: z.array(z.string('write a name')) })
const of = (value: unknown) => schema.safeParse(value).error

describe('what a schema has against a value', () => {
  const wrong = of({ port: 'secret', hosts: ['here', 7], more: 'secret' })

  it('is told issue by issue, with its path and without the value', () => {
    expect(issueSentences(wrong)).toEqual([
      'port: write a whole number',
      'hosts.1: write a name',
      'settings: Unrecognized key: "more"',
    ])
  })

  it('is told in the words of where it stands', () => {
    expect(issueSentences(wrong, { within: 'server' })).toEqual([
      'server.port: write a whole number',
      'server.hosts.1: write a name',
      'server: Unrecognized key: "more"',
    ])
    expect(issueSentences(of(7), { whole: 'body', mark: ' ' })).toEqual([expect.stringMatching(/^body Invalid input/)])
  })

  it('is nothing when all is well', () => {
    expect(issueSentences(of({ port: 1, hosts: [] }))).toEqual([])
  })
})

it('a name is suggested only when one is near', () => {
  expect(didYouMean('surwey', ['survey', 'callback'])).toBe('Did you mean "survey"?')
  expect(didYouMean('birthday', ['survey', 'callback'])).toBeUndefined()
})

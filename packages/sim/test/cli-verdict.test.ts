import { describe, expect, test } from 'vitest'
import { cures, faultOf } from '../src/cli/verdict.ts'
import type { TimelineEntry } from '@llc-phone/virtual-carrier/types'

const answered: TimelineEntry = { atMs: 100, type: 'answered' }
const heard: TimelineEntry = { atMs: 600, type: 'assistant-start' }
const ended = (atMs: number, text: string): TimelineEntry => ({ atMs, type: 'ended', text })
const judge = (...timeline: TimelineEntry[]) => faultOf({ status: 'completed', errors: [], timeline })

describe('a call was a good one', () => {
  test('when its caller heard somebody', () => {
    expect(judge(answered, heard, ended(9000, 'the caller hung up'))).toBeUndefined()
  })
  test('when the caller hung up at once, before anybody could speak', () => {
    expect(judge(answered, ended(300, 'the caller hung up'))).toBeUndefined()
  })
})

describe('a call was not', () => {
  test('when its caller waited and heard nothing', () => {
    expect(judge(answered, ended(8200, 'the caller hung up'))).toBe('The caller heard nothing.')
  })
  test('when the gateway hung up without a word', () => {
    expect(judge(answered, ended(200, 'the document ended'))).toBe('The caller heard nothing.')
    expect(judge(ended(200, 'the document hung up'))).toBe('The caller heard nothing.')
  })
  test('when it was rejected, or something that was asked for failed', () => {
    const timeline = [answered, heard]
    expect(faultOf({ status: 'busy', errors: [], timeline })).toContain('busy')
    const errors = [{ code: 11200, message: 'status callback: 404' }]
    expect(faultOf({ status: 'completed', errors, timeline })).toContain('Something went wrong')
  })
})

test('what can be done about a failure is said once', () => {
  const untrusted = { code: 11237, message: 'DEPTH_ZERO_SELF_SIGNED_CERT' }
  expect(cures([untrusted, untrusted])).toEqual([expect.stringContaining('--insecure')])
  expect(cures([{ code: 31910, message: 'Stream: TLS error: UNABLE_TO_VERIFY_LEAF_SIGNATURE' }])).toHaveLength(1)
  expect(cures([{ code: 31910, message: 'Stream: TLS error: EPROTO' }])[0]).toContain('--insecure takes it as done')
  expect(cures([{ code: 11210, message: '' }])[0]).toContain('--allow-host')
  expect(cures([{ code: 12100, message: '' }])).toEqual([])
  expect(cures([{ code: 11205, message: '' }])[0]).toContain('./phone dev')
  expect(cures([{ code: 11205, message: '' }], true)[0]).toContain('docs/guides/deploy.md')
})

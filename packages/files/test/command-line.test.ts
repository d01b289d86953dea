import { afterEach, expect, it, vi } from 'vitest'
import { asCalled, CommandFailed, pasteable, toldOf, UsageError } from '../src/command-line.ts'

afterEach(() => vi.unstubAllEnvs())

it('names commands as the person called them: by script from anywhere, by pnpm, or by file', () => {
  const text = 'Start ./phone dev, or ask ./phone doctor.'
  vi.stubEnv('npm_lifecycle_event', undefined)
  vi.stubEnv('PHONE_AS', undefined)
  expect(asCalled(text)).toBe(text)
  vi.stubEnv('npm_lifecycle_event', 'dial')
  expect(asCalled(text)).toBe('Start npx -y pnpm@12.21.0 dev, or ask npx -y pnpm@12.21.0 run doctor.')
  vi.stubEnv('PHONE_AS', '/srv/llc-phone/phone')
  expect(asCalled(text)).toBe('Start /srv/llc-phone/phone dev, or ask /srv/llc-phone/phone doctor.')
  expect(pasteable(text)).toContain('/srv/llc-phone/phone dev')
})

it('tells wrong usage from a failure by the exit code, and a defect of ours not at all', () => {
  vi.stubEnv('PHONE_AS', './phone')
  const parsing = Object.assign(new Error("Unknown option '--x'. To specify a positional argument …"), {
    code: 'ERR_PARSE_ARGS_UNKNOWN_OPTION',
  })
  const isNever = (): boolean => false
  expect(toldOf(parsing, isNever, 'dial')).toEqual({
    text: "Unknown option '--x'. ./phone dial --help tells more.",
    exitCode: 2,
  })
  expect(toldOf(new UsageError('Usage: ./phone dial NUMBER\n\nHas it call.\n\nOptions: …'), isNever, 'dial')).toEqual({
    text: 'Usage: ./phone dial NUMBER\n\n./phone dial --help tells more.',
    exitCode: 2,
  })
  expect(toldOf(new CommandFailed('No.'))).toMatchObject({ text: 'No.', exitCode: 1 })
  expect(toldOf(new TypeError('x'))).toBeUndefined()
})

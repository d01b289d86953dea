import { describe, expect, it } from 'vitest'
import {
  callOptionsSchema,
  defineMode,
  e164,
  fixed,
  hangUpTool,
  keepListeningTool,
  transferTool,
  type CallFacts,
  type ModeDefinition,
} from '../src/index.ts'

const business = { name: 'Pier Bistro', timeZone: 'America/New_York' }
const routes = { sales: { number: e164('+14155550111'), label: 'sales' } }
const facts: CallFacts = {
  callId: 'call-1',
  legId: 'CA1',
  direction: 'inbound',
  otherParty: { number: e164('+14155550191') },
  dialled: e164('+14155550101'),
  startedAt: new Date('2026-03-02T15:00:00Z'),
}

interface Known {
  readonly firstName: string | undefined
}

const modeOf = (firstName: string | undefined, changes: Partial<ModeDefinition<Known>> = {}) =>
  defineMode<Known>({
    name: 'desk',
    business,
    prompt: [fixed('Role', 'You are an AI assistant; say so when asked.')],
    lookUp: { find: async () => ({ firstName }), orElse: () => ({ firstName: undefined }) },
    greetingWords: { firstName: (_, known) => known.firstName },
    greeting: 'Hello {firstName}, this is the AI assistant of {business}.',
    routes,
    tools: [transferTool(routes, { business }), keepListeningTool(), hangUpTool()],
    ...changes,
  })

const greetingOf = async (greeting: string, firstName?: string): Promise<string | undefined> =>
  (await modeOf(firstName, { greeting }).brief(facts)).greeting

describe('a greeting', () => {
  it.each([
    ['{timeOfDay}, thank you for calling {business}.', 'Good morning, thank you for calling Pier Bistro.'],
    ['Hello { firstName }!', 'Hello Dana!'],
    ['Hello there.', 'Hello there.'],
  ])('says %s', async (template, said) => {
    expect(await greetingOf(template, 'Dana')).toBe(said)
  })

  it.each([
    ['Hello {firstName}, thank you for calling.', 'Hello, thank you for calling.'],
    ['{firstName}, thank you for calling.', 'Thank you for calling.'],
    ['{firstName} thank you for calling.', 'Thank you for calling.'],
    ['Good day. {firstName}, how can I help?', 'Good day. How can I help?'],
    ['Thank you for calling, {firstName}.', 'Thank you for calling.'],
    ['Thank you, {firstName}, for calling.', 'Thank you, for calling.'],
    ['Welcome {firstName} to {business}.', 'Welcome to Pier Bistro.'],
    ['¡Hola {firstName}! Soy la asistente.', '¡Hola! Soy la asistente.'],
    ['¿{firstName}, en qué puedo ayudar?', '¿En qué puedo ayudar?'],
  ])('leaves no hole in %s', async (template, said) => {
    expect(await greetingOf(template)).toBe(said)
  })

  it('takes a name for words, whatever it looks like', async () => {
    expect(await greetingOf('Hello {firstName}.', '{business} $& $1')).toBe('Hello {business} $& $1.')
  })

  it('is for anybody only without a name in it', async () => {
    const greetsAnybody = async (greeting: string, firstName?: string) =>
      (await modeOf(firstName, { greeting }).brief(facts)).greetsAnybody
    expect(await greetsAnybody('{timeOfDay}, {business}.', 'Dana')).toBe(true)
    expect(await greetsAnybody('Hello {firstName}.', 'Dana')).toBe(false)
    expect(await greetsAnybody('Hello {firstName}.'), 'nobody is known').toBe(true)
  })

  it('with an unknown placeholder is refused with the one that was meant', () => {
    const build = (greeting: string) => () => modeOf('Dana', { greeting })
    expect(build('Hello {firstname}.')).toThrow(
      'Mode "desk": greeting: there is no {firstname} in this greeting. Did you mean {firstName}?',
    )
    expect(build('Hello {weather}.')).toThrow('There are {business}, {timeOfDay}, {firstName}.')
    expect(build('Hello {toString}.')).toThrow('there is no {toString}')
    expect(build('Hello {}.')).toThrow('there is no {}')
  })

  it.each([
    'Hello {firstName',
    'Hello firstName}',
    'Hello {{firstName}}',
    'Hello\nthere',
    'Hi',
    '# Hello there',
    'x'.repeat(301),
  ])('is refused as a setting: %j', (greeting) => {
    const { error } = callOptionsSchema.safeParse({ greeting })
    expect(error?.issues[0]!.path).toEqual(['greeting'])
  })
})

describe('opening tools', () => {
  const opening = (openingTools?: readonly string[]) =>
    modeOf('Dana', openingTools ? { openingTools } : {})
      .tools.filter((tool) => tool.opening)
      .map(({ name }) => name)

  it('are those of the mode, those that are named, and always what ends the call or keeps silent', () => {
    expect(opening()).toEqual(['transfer_call', 'keep_listening', 'hang_up'])
    expect(opening([])).toEqual(['keep_listening', 'hang_up'])
    expect(opening(['transfer_call'])).toEqual(['transfer_call', 'keep_listening', 'hang_up'])
  })

  it('are all of them when the greeting can be interrupted', () => {
    const mode = modeOf('Dana', { openingTools: [], greetingShield: 'off' })
    expect(mode.tools.every((tool) => tool.opening)).toBe(true)
  })

  it('that do not exist are refused with the one that was meant', () => {
    expect(() => opening(['hang_up', 'transfer_cal'])).toThrow(
      'Mode "desk": openingTools.1: there is no tool "transfer_cal". Did you mean "transfer_call"?',
    )
  })
})

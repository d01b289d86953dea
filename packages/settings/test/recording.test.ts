import { expect, it } from 'vitest'
import { recordingMistakes } from '../src/warnings.ts'
import type { SettingsDocument } from '../src/document.ts'

const SAYS_SO = 'Hello, the AI assistant. This call may be recorded.'
const numberOf = (more: object) => ({ list: { '+14155550101': { mode: 'desk', ...more } } })
const pathsOf = (modes: object, numbers: object = { list: {} }, recording = ['desk']) =>
  recordingMistakes({ modes, numbers } as unknown as SettingsDocument, new Set(recording)).map(
    ({ path, severity }) => `${severity} ${path}`,
  )

it('calls are only recorded by assistants whose greeting says so', () => {
  expect(pathsOf({ desk: { greeting: SAYS_SO } })).toEqual([])
  expect(pathsOf({ desk: { greeting: 'Hola. Esta llamada puede ser grabada.' } })).toEqual([])
  expect(pathsOf({ desk: { greeting: 'Hello.' } })).toEqual(['error modes.desk.greeting'])
  expect(pathsOf({ desk: {} }), 'the usual greeting does not').toEqual(['error modes.desk.greeting'])
  expect(pathsOf({ desk: {} }, { list: {} }, [])).toEqual([])
})

it('a number with a greeting or a choice of its own is looked at too', () => {
  const modes = { desk: { greeting: SAYS_SO } }
  expect(pathsOf(modes, numberOf({ greeting: 'Hello.' }))).toEqual(['error numbers.list.+14155550101.greeting'])
  expect(pathsOf(modes, numberOf({ greeting: 'Hello.', recordsCalls: false }))).toEqual([])
  expect(pathsOf({ desk: {} }, numberOf({ recordsCalls: true }), [])).toEqual([
    'error numbers.list.+14155550101.greeting',
  ])
})

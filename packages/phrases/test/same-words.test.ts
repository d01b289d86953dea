import { expect, it } from 'vitest'
import { sameWords } from '../src/same-words.ts'

it.each([
  ['One moment, please.', 'one moment please'],
  ['One moment, please.', '  One—moment … PLEASE!\n'],
  ['Gracias por esperar. Sigo aquí.', 'gracias por esperar, sigo aqui\u0301'],
  ['I’m here', "I'm here"],
])('"%s" is "%s"', (one, other) => expect(sameWords(one, other)).toBe(true))

it.each([
  ['One moment, please.', 'One moment'],
  ['One moment, please.', 'One moment, please, sir.'],
  ['One moment, please.', 'please one moment'],
  ['Sigo aquí.', 'Sigo aqui.'],
  ['One moment', 'Onemoment'],
  ['One moment', ''],
])('"%s" is not "%s"', (one, other) => expect(sameWords(one, other)).toBe(false))

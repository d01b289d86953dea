import type { Random } from './random.ts'

/** JSON that is easily mistaken for something else. */
const oddJson: readonly (() => string)[] = [
  () => 'null',
  () => 'true',
  () => '[]',
  () => '{}',
  () => '""',
  () => '0',
  () => '-1',
  () => '1e400',
  () => '-0',
  () => '9007199254740993',
  () => '"NaN"',
  () => '"\\u0000\\u001b[2J\\r\\n"',
  () => '"\\ud800"',
  () => '"\\u202etxet"',
  () => '"__proto__"',
  () => '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  () => '{"toString":1,"valueOf":null,"length":-1,"then":1}',
  () => `"${'a'.repeat(300)}"`,
  () => `"${'\u{1f600}'.repeat(40)}"`,
  () => `"${'9'.repeat(64)}"`,
  () => `${'['.repeat(500)}${']'.repeat(500)}`,
  () => `${'{"a":'.repeat(300)}1${'}'.repeat(300)}`,
  () => `[${'0,'.repeat(500)}0]`,
  () => '"</Say><Dial>+88213000000</Dial><Say>"',
  () => '"\'; DROP TABLE calls; --"',
  () => '"%s%n${jndi:ldap://127.0.0.1/x}"',
]

/** A value that a careless reader does not expect, as JSON text. */
export const oddValue = (random: Random): string => random.pick(oddJson)()

/** Text that is no JSON. */
export const notJson = (random: Random, text: string): string => {
  const at = random.below(Math.max(1, text.length))
  switch (random.below(7)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return `${text.slice(0, at)}${String.fromCharCode(random.below(0xd000))}${text.slice(at + 1)}`
    case 2:
      return `${text}${text}`
    case 3:
      return `\u{feff}${text}`
    case 4:
      return text.replaceAll('"', "'")
    case 5:
      return ''
    default:
      return '['.repeat(2_000)
  }
}

type Json = Record<string, unknown>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every object inside a value, itself included. */
const objectsIn = (value: unknown): Json[] =>
  isObject(value)
    ? [value, ...Object.values(value).flatMap(objectsIn)]
    : Array.isArray(value)
      ? value.flatMap(objectsIn)
      : []

/** Marks where raw JSON goes: `JSON.stringify` could not write it. */
const HOLE = '@hole@'

/** The JSON of a message in which one to three things are wrong: fields gone, odd, doubled, renamed or in another place. */
export const mutated = (random: Random, message: object): string => {
  const copy = structuredClone(message) as Json
  const holes: string[] = []
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    const target = random.pick(objectsIn(copy))
    const keys = Object.keys(target)
    if (keys.length === 0) continue
    const key = random.pick(keys)
    switch (random.below(6)) {
      case 0:
        delete target[key]
        break
      case 1:
        target[`${key}_`] = target[key]
        delete target[key]
        break
      case 2: {
        const value = target[key]
        delete target[key]
        target[key] = value
        break
      }
      case 3:
        target[random.pick(['__proto__ ', 'constructor', 'x'])] = HOLE
        holes.push(oddValue(random))
        break
      default:
        target[key] = HOLE
        holes.push(oddValue(random))
    }
  }
  return JSON.stringify(copy).replaceAll(`"${HOLE}"`, () => holes.pop() ?? 'null')
}

/** The same message, written in a way that is allowed and unusual. */
export const respelled = (random: Random, message: object): string => {
  const text = JSON.stringify(message)
  switch (random.below(4)) {
    case 0:
      return JSON.stringify(message, undefined, random.pick([1, 4, '\t']))
    case 1:
      return `  ${text}\r\n`
    case 2:
      return text.replace('"event"', '"\\u0065vent"').replace('"type"', '"t\\u0079pe"')
    default:
      return JSON.stringify(Object.fromEntries(Object.entries(message).toReversed()))
  }
}

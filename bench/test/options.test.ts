import { describe, expect, it } from 'vitest'
import { calleeIndex, calleeNumber, MAX_CALLEES } from '../src/outbound/callee-numbers.ts'
import { helpOf, parseOptions } from '../src/options.ts'
import { loadParts } from '../src/parts.ts'

const all = await loadParts()
const parse = (...args: string[]) => {
  const options = parseOptions(all, args)
  return { ...options, names: options.parts.map(({ name }) => name) }
}

describe('the command line', () => {
  it('measures what runs by default unless it is told otherwise', () => {
    expect(parse()).toMatchObject({
      names: expect.arrayContaining(['relay', 'lean', 'outbound']) as string[],
      calls: [50, 200, 400],
    })
    expect(parse().numberOf('pickups')).toBe(200)
    expect(parse('--', '--only', 'outbound', '--quick').numberOf('pickups')).toBe(40)
    expect(parse('--only', 'outbound,relay').names).toEqual(['relay', 'outbound'])
    expect(parse('--only', 'fleet').names).toEqual(
      all.map(({ name }) => name).filter((name) => name.startsWith('fleet-')),
    )
    expect(parse('--viewers', '5').names).toEqual(['viewers'])
    expect(parse('--viewers', '5', '--only', 'relay').names).toEqual(['relay'])
  })

  it('describes every part and every number of a part', () => {
    const help = helpOf(all)
    for (const { name, numbers = [] } of all) {
      expect(help).toContain(`\n  ${name} `)
      for (const number of numbers) expect(help).toContain(`\n  --${number.name} ${number.usual} `)
    }
  })

  it('gives no name to two parts and no flag to two numbers', () => {
    const names = all.map(({ name }) => name)
    const flags = all.flatMap(({ numbers = [] }) => numbers.map(({ name }) => name))
    expect(new Set(names).size).toBe(names.length)
    expect(new Set(flags).size).toBe(flags.length)
  })

  it('says what it did not understand', () => {
    expect(() => parse('--only', 'inbound')).toThrow(
      '--only: there is no "inbound", only relay, console, history, lean',
    )
    expect(() => parse('--pickups', '0')).toThrow('--pickups: "0" is not a whole number')
    expect(() => parse('--calls', '1601')).toThrow('from 1 to 1600')
  })
})

describe('callees', () => {
  it('have fictional numbers of their own', () => {
    const numbers = Array.from({ length: MAX_CALLEES }, (_, index) => calleeNumber(index))
    expect(new Set(numbers).size).toBe(MAX_CALLEES)
    for (const [index, number] of numbers.entries()) {
      expect(number).toMatch(/^\+1[2-9]\d\d55501\d\d$/)
      expect(calleeIndex(number)).toBe(index)
    }
  })
})

import type { FleetBook, Instance } from '@llc-phone/store'
import { expect, it } from 'vitest'
import { createFleet, type FleetOptions } from '../src/fleet/fleet.ts'
import type { Presence } from '../src/fleet/presence.ts'
import { createLog } from '../src/watching/log.ts'

const instance = (id: string, facts: Partial<Instance> = {}): Instance => ({
  id,
  bootId: `boot ${id}`,
  version: '1',
  state: 'ready',
  active: 3,
  rated: 10,
  loopP99Ms: 1,
  secretMark: 'mark',
  startedAt: new Date(0),
  silentMs: 200,
  ...facts,
})

/** Instance a, and what it knows of others. */
const open = (others: readonly Instance[], options: Partial<FleetOptions> = {}) => {
  const lines: string[] = []
  const misrouted: string[] = []
  let level: 'normal' | 'full' = 'normal'
  const all = [instance('a'), ...others]
  const presence: Presence = {
    begin: async () => undefined,
    serve: () => undefined,
    others: () => others.filter(({ state, silentMs }) => state !== 'closed' && silentMs < 3_000),
    isUp: (id) => all.some((each) => each.id === id && each.silentMs < 3_000),
    isFenced: false,
    list: async () => all,
    end: async () => undefined,
  }
  const book: Pick<FleetBook, 'bootId' | 'claim' | 'ownerOf'> = {
    bootId: 'boot a',
    claim: async () => undefined,
    ownerOf: async (callId) => callId.split(' of ')[1],
  }
  const fleet = createFleet({
    id: 'a',
    version: '1',
    rated: 10,
    fleetMaxCalls: undefined,
    takesCalls: true,
    dials: true,
    presence,
    book,
    publicUrl: 'https://phone.example.com',
    registry: {
      active: () => [],
      get room() {
        return { level } as never
      },
    },
    drain: { begun: false, handsOn: false },
    metrics: { misrouted: (owner) => void misrouted.push(owner) },
    log: createLog({ level: 'info', secrets: [], stream: { write: (line) => void lines.push(line) } }),
    serves: () => true,
    isClosing: () => false,
    loopP99Ms: () => 1,
    ...options,
  })
  const fill = () => void (level = 'full')
  return { fleet, fill, misrouted, logText: () => lines.join('') }
}

it.each([
  // What it does when it has room; whether it places calls then, and when it is full.
  ['calls,dial', 'ready', true, false],
  ['calls', 'ready', false, false],
  ['dial', 'full', true, false],
] as const)('an instance for %s', (words, state, works, worksFull) => {
  const roles = words.split(',')
  const { fleet, fill } = open([instance('b')], { takesCalls: roles.includes('calls'), dials: roles.includes('dial') })
  expect([fleet.state, fleet.takesWork()]).toEqual([state, works])
  expect(fleet.passesOn()).toBe(!fleet.takesCalls)
  fill()
  expect([fleet.state, fleet.takesWork(), fleet.passesOn()]).toEqual(['full', worksFull, true])
  fleet.rest()
  expect([fleet.state, fleet.takesWork()]).toEqual(['draining', false])
})

it('passes nobody on while no other instance is ready', () => {
  const { fleet, fill } = open([instance('b', { state: 'full' }), instance('c', { silentMs: 3_000 })])
  fill()
  expect(fleet.passesOn()).toBe(false)
})

it('counts the calls of all instances that are up against FLEET_MAX_CALLS', () => {
  const others = [instance('b'), instance('c'), instance('d', { silentMs: 5_000, active: 50 })]
  expect(open(others, { fleetMaxCalls: 7 }).fleet.hasRoom()).toBe(true)
  expect(open(others, { fleetMaxCalls: 6 }).fleet.hasRoom()).toBe(false)
})

it('tells a request for an instance that is up from one for an instance that nobody is', () => {
  const { fleet, misrouted, logText } = open([instance('b'), instance('c', { state: 'closed' })])
  fleet.misrouted('b', '/twilio/status')
  fleet.misrouted('nobody', '/twilio/status')
  expect(misrouted).toEqual(['alive', 'gone'])
  expect(logText()).toMatch(/The proxy sends requests below \/i\/INSTANCE to another instance/)
  expect(logText()).toMatch(/No instance of this name is up/)
})

it('names the address of a call that another instance serves, and none when that one is gone', async () => {
  const { fleet } = open([
    instance('b'),
    instance('c', { address: 'https://c.example.com' }),
    instance('d', { silentMs: 4_000 }),
  ])
  const locate = (callId: string) => fleet.locate(callId, '/calls/1/note')
  expect(await locate('call of b')).toBe('/i/b/calls/1/note')
  expect(await locate('call of c')).toBe('https://c.example.com/calls/1/note')
  for (const callId of ['call of a', 'call of d', 'call of nobody', 'unknown'])
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect(await locate(callId)).toBeUndefined()
})

it('tells whose call a leg is, and whether that instance is up', async () => {
  const claimed = async (owner: string) => {
    const claim = async () => ({ callId: 'call-1', epoch: 2, owner, bootId: `boot ${owner}` })
    const book = { bootId: 'boot a', claim, ownerOf: async () => undefined }
    const { fleet } = open([instance('b', { address: 'https://b.example.com' }), instance('c', { silentMs: 4_000 })], {
      book,
    })
    return fleet.claim!({} as never)
  }
  expect(await claimed('b')).toEqual({ callUrl: 'https://b.example.com', callId: 'call-1', epoch: 2 })
  const path = { callUrl: 'https://phone.example.com/i/c', callId: 'call-1', epoch: 2 }
  expect(await claimed('c')).toEqual({ ...path, isLeft: true })
  expect(await claimed('a')).toBeUndefined()
})

it('lists what is wrong with instances that are up: another secret, a name that two have', async () => {
  const { fleet } = open([
    instance('b', { secretMark: 'other' }),
    instance('c', { secretMark: undefined }),
    instance('d', { secretMark: 'new,mark' }),
    instance('e', { secretMark: 'other', state: 'closed' }),
    instance('f'),
    instance('f', { bootId: 'boot f again' }),
    instance('g', { silentMs: 4_000 }),
    instance('g', { bootId: 'boot g again' }),
  ])
  const listed = await fleet.list()
  expect(listed.map(({ id, isUp, problem }) => [id, isUp, problem])).toEqual([
    ['a', true, undefined],
    ['b', true, 'secret_differs'],
    ['c', true, 'secret_differs'],
    ['d', true, 'secret_differs'],
    ['e', false, undefined],
    ['f', true, 'name_taken'],
    ['f', true, 'name_taken'],
    ['g', false, undefined],
    ['g', true, undefined],
  ])
  expect(JSON.stringify(listed)).not.toContain('mark')
})

import { promptChecks } from '@llc-phone/core/testing/prompt-checks'
import { defaultFixtures } from '@llc-phone/core/testing/mode-fixtures'
import { describe, expect, it } from 'vitest'
import { modeNames } from '../src/situation.ts'
import { situationsTrying } from '../src/tried.ts'
import { openWorld } from '../src/worlds/world.ts'

const check = promptChecks['has an evaluation for every rule of its prompt']!

describe.each(modeNames)('the prompt of %s', (mode) => {
  it('has no rule that no situation tries', async () => {
    const world = await openWorld({ mode, world: { name: 'Dana Fields' } }, () => {})
    await check(world.mode, { ...defaultFixtures, evaluatedBy: situationsTrying(mode) })
    await world.close()
  })

  it('has every tool in a situation in which it must, or may, be called', async () => {
    const world = await openWorld({ mode }, () => {})
    const { situations } = await import('../src/situations/index.ts')
    const named = new Set(
      situations
        .filter((situation) => situation.mode === mode)
        .flatMap(({ expect: wanted, caller }) => [
          ...wanted.calls,
          ...caller.flatMap((step) => [
            ...(step.expect?.calls ?? []),
            ...[step.ideal?.calls ?? []].flat().map(({ tool }) => tool),
          ]),
        ])
        .flatMap((name) => name.replace(/\?$/, '').split('|')),
    )
    expect(
      world.mode.tools.map(({ name }) => name).filter((name) => !named.has(name) && name !== 'keep_listening'),
    ).toEqual([])
    await world.close()
  })
})

it('a rule of which nobody has thought is tried by nothing', () => {
  expect(situationsTrying('ivr')('Wish everybody a merry Christmas.')).toEqual([])
  expect(situationsTrying('csr')('Before contact data, call verify_identity.')).toContain('csr-new-email')
})

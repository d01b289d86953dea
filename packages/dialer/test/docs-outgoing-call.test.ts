import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

it('the page on the architecture has every phase of a call that we place, in order', () => {
  const [, table = ''] = read('../../../docs/explanation/architecture.md').split(/\n\| phase +\|/)
  const told = [...table.split('\n\n')[0]!.matchAll(/^\| `(\w+)` /gm)].map(([, phase]) => phase)
  const phases = [...read('../src/outgoing-state.ts').matchAll(/readonly phase: '(\w+)'/g)].map(([, phase]) => phase)
  // The state of a leg is declared on its own, behind the others.
  const placed = phases.pop()
  phases.splice(phases.indexOf('failing'), 0, placed)
  expect(told).toEqual(phases)
})

import type { Numbers } from '../configuration/numbers.ts'
import type { OutboundModes } from '../configuration/outbound.ts'
import type { ExpectedMode } from './call-metrics.ts'

/** The modes that calls will have by the settings in force. A call that we place is named after its scenario. */
export const expectedModes = (
  numbers: Pick<Numbers, 'resolve' | 'list'>,
  outbound: Pick<OutboundModes, 'list'>,
): readonly ExpectedMode[] => [
  ...[numbers.resolve(undefined), ...numbers.list().map(({ number }) => numbers.resolve(number))].flatMap(
    ({ mode }) => mode ?? [],
  ),
  ...outbound.list().flatMap(({ mode }) => mode.scenarios.map((scenario) => ({ name: `${mode.name}-${scenario}` }))),
]

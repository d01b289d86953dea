export { outboundKind } from './kind.ts'
export { outbound } from './mode.ts'
export type { AppointmentsPort, DoNotCallPort, NotesPort, OpenSlot } from './ports.ts'
export {
  defineScenario,
  type Abilities,
  type Callee,
  type Details,
  type Scenario,
  type ScenarioDefinition,
} from './scenario.ts'
export type { OutboundSettings } from './settings.ts'

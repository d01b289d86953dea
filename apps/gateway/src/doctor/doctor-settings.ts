import { findingText } from '../configuration/settings-errors.ts'
import type { Configured } from '../configuration/configured.ts'
import { failed, ok, warning, type Finding } from './finding.ts'

/** How the value at a path is put right. */
const edit = (path: string): string =>
  `./phone settings set ${/^[\w.]+$/.test(path) ? path : 'PATH'} VALUE puts it right; ./phone settings publish has it hold.`

const SOURCES = {
  seed: 'of gateway.config.ts: nothing was published yet',
  stored: 'published',
  copy: 'published, from the copy beside the database',
  file: 'of the file that SETTINGS names',
} as const

/** Which settings are in force, and what is wrong with them. `isTrying`: an example business is as it should be. */
export const describeSettings = (
  { version, source, business, isExample, notBuilt, findings }: Configured['settings'],
  isTrying: boolean,
): Finding[] => {
  const name = 'settings'
  const number = version === undefined ? '' : `version ${version}, `
  return [
    ok(name, `${number}${SOURCES[source]}`),
    ...notBuilt.map((instance) =>
      failed(name, `the mode ${instance} cannot be built: its numbers go to the fallback`, edit('')),
    ),
    ...findings.map((finding) =>
      (finding.severity === 'error' ? failed : warning)(name, findingText(finding), edit(finding.path)),
    ),
    isExample && !isTrying
      ? warning('business', `the example answers: ${business}`, './phone settings new TEMPLATE begins yours.')
      : ok('business', isExample ? `the example, ${business}` : business),
  ]
}

/** The people that callers can be connected with. */
export const describePeople = (people: readonly string[]): Finding =>
  ok('people', people.length > 0 ? people.join('; ') : 'nobody: callers can leave a message')

/** Where messages of callers go: of a webhook its origin alone, because the path may be its secret. */
export const describeDestinations = (destinations: readonly string[]): Finding => {
  const shown = destinations.map((to) => URL.parse(to)?.origin ?? to)
  return ok(
    'messages',
    shown.length > 0
      ? `are kept, and sent to ${shown.join(', ')}`
      : 'are kept, and sent nowhere: ./phone messages shows them',
  )
}

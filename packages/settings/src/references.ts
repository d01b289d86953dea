import { isPerson } from '@llc-phone/core'
import type { SettingsDocument } from './document.ts'
import { MOST_FINDINGS, mistake, noSuch, type Finding } from './findings.ts'
import type { Path } from './paths.ts'

/** Names in the document that name nothing: instances, routes, people, profiles. */
export const brokenReferences = (document: SettingsDocument): Finding[] => {
  const { routes, directory, answers, modes, tuningProfiles, numbers, messages, outbound } = document
  const findings: Finding[] = []
  const names = Object.keys(modes)
  const placed = Object.keys(outbound?.modes ?? {})

  const needs = (path: Path, what: string, name: string | undefined, known: readonly string[]): void => {
    if (name !== undefined && findings.length < MOST_FINDINGS && !known.includes(name))
      findings.push(mistake(path, noSuch(what, name, known)))
  }

  needs(['numbers', 'unknown'], 'mode', numbers.unknown, names)
  needs(['numbers', 'fallback'], 'route', numbers.fallback, Object.keys(routes))
  for (const [number, { mode }] of Object.entries(numbers.list))
    needs(['numbers', 'list', number, 'mode'], 'mode', mode, names)
  for (const [index, { modes: givenBy = [] }] of answers.entries())
    for (const [place, name] of givenBy.entries())
      needs(['answers', index, 'modes', place], 'mode', name, [...names, ...placed])
  for (const [index, { route, transfer }] of directory.entries()) {
    needs(['directory', index, 'route'], 'route', route, Object.keys(routes))
    const to = route !== undefined && Object.hasOwn(routes, route) ? routes[route] : undefined
    if (transfer === 'warm' && (route === undefined || to) && !(to && isPerson(to)))
      findings.push(mistake(['directory', index, 'transfer'], 'needs a route with a number'))
  }
  const people = directory.map(({ name }) => name)
  for (const [index, { for: whose = [] }] of messages.entries())
    for (const [place, name] of whose.entries())
      needs(['messages', index, 'for', place], 'entry of the directory', name, people)
  needs(['outbound', 'default'], 'outbound mode', outbound?.default, placed)
  for (const name of placed)
    if (names.includes(name))
      findings.push(mistake(['outbound', 'modes', name], 'is the name of a mode for calls to us: use another one'))
  const profiles = Object.keys(tuningProfiles)
  for (const [name, { profile }] of Object.entries(modes))
    needs(['modes', name, 'profile'], 'tuning profile', profile, profiles)
  for (const [name, { profile }] of Object.entries(outbound?.modes ?? {}))
    needs(['outbound', 'modes', name, 'profile'], 'tuning profile', profile, profiles)
  return findings
}

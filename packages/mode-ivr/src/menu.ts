import {
  isRouteOpen,
  type BusinessTimes,
  type LanguageFile,
  type PersonRoute,
  type Route,
  type Routes,
} from '@llc-phone/core'

/** A department that callers are connected with, or a box for its messages. */
export type Department = Route & {
  /** Other words callers use for it: "accounts", "refunds". */
  readonly synonyms?: readonly string[] | undefined
  /** Rings somebody there first and tells them who is calling; the caller stays with the assistant until they accept. */
  readonly introduce?: boolean | undefined
}

/** One line of the menu: what is said or pressed, and where it leads. */
interface MenuLine {
  readonly digit: string
  /** All keys of it in words: "2 or 0". */
  readonly keys: string
  readonly key: string
  readonly route: Route
  readonly synonyms: readonly string[]
  readonly introduce: boolean
}

/** What the caller can say or press. */
export interface Menu {
  readonly lines: readonly MenuLine[]
  readonly routes: Routes
  /**
   * Keys that the gateway maps to routes. Routes with an introduction are not among them: the assistant must ask for the
   * name first.
   */
  readonly keypad: Readonly<Record<string, string>>
  /** The route for callers who ask for a person. */
  readonly operator: string | undefined
  /** The route for callers who were not understood twice. */
  readonly lastResort: string | undefined
}

/** The settings that a menu is built from. */
export interface MenuParts {
  readonly departments?: Readonly<Record<string, Department>> | undefined
  readonly routes?: Routes | undefined
  readonly operator?: string | Omit<PersonRoute, 'label'> | undefined
  readonly voicemail?: true | { readonly label: string } | undefined
}

/** Departments take the keys from 1 on in their order, the operator takes 0 and voicemail takes 9. */
export const layOutMenu = (
  { departments = {}, routes = {}, operator, voicemail }: MenuParts,
  labels: LanguageFile['labels'],
): Menu => {
  const withDetour = <Any extends Route>(route: Any): Any =>
    voicemail && route.afterHours === undefined && ('number' in route || route.hours)
      ? { ...route, afterHours: 'voicemail' }
      : route

  const laidOut: Omit<MenuLine, 'keys'>[] = [
    ...Object.entries(departments).map(([key, { synonyms = [], introduce = false, ...route }]) => ({
      key,
      route: withDetour(route),
      synonyms,
      introduce,
    })),
    ...Object.entries(routes).map(([key, route]) => ({
      key,
      route: withDetour(route),
      synonyms: [],
      introduce: false,
    })),
  ].map((line, index) => ({ ...line, digit: String(index + 1) }))

  if (typeof operator === 'object') {
    const route = withDetour({ ...operator, label: labels.operator })
    laidOut.push({ digit: '0', key: 'operator', route, synonyms: [], introduce: false })
  }
  if (voicemail) {
    const label = voicemail === true ? labels.voicemail : voicemail.label
    const route = { voicemail: true, label, when: 'leaving a message' } as const
    laidOut.push({ digit: '9', key: 'voicemail', route, synonyms: [], introduce: false })
  }
  const lines = laidOut.map((line): MenuLine => ({
    ...line,
    keys: line.key === operator ? `${line.digit} or 0` : line.digit,
  }))
  const atOnce = lines.filter(({ introduce }) => !introduce)
  const keypad = Object.fromEntries(atOnce.map(({ digit, key }) => [digit, key]))
  const person = typeof operator === 'object' ? 'operator' : operator
  return {
    lines,
    routes: Object.fromEntries(lines.map(({ key, route }) => [key, route])),
    keypad: atOnce.some(({ key }) => key === operator) ? { ...keypad, '0': person! } : keypad,
    operator: person,
    lastResort: person ?? (voicemail ? 'voicemail' : undefined),
  }
}

/** Most choices read out: nobody remembers more; others can still be asked for. */
const MAX_CHOICES = 4

/** The choices that are named to callers who were not understood. */
export const spokenChoices = ({ lines }: Menu): string[] =>
  lines.slice(0, MAX_CHOICES).map(({ digit, route }) => `${digit} for ${route.label}`)

/** The departments that are closed at that moment, for the prompt; transfer_call says when they open. */
export const closedNow = ({ lines }: Menu, business: BusinessTimes, at: Date): string[] =>
  lines.filter(({ route }) => !isRouteOpen(route, business, at)).map(({ key }) => key)

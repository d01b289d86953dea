import type { Persons } from '@llc-phone/virtual-carrier/line-protocol'

/** What the softphone is to ring; whatever is absent, the person chooses (or the softphone's first choice stands). */
export interface SoftphoneWish {
  /** A number of ours in E.164, or the name of an instance. */
  readonly ring?: string
  /** The draft of the settings, or a version of them; the published ones when absent. */
  readonly settings?: 'draft' | number
  /** The caller's number (E.164), managers only; withheld when absent. */
  readonly as?: string
  readonly persons?: Persons
}

/** Whether the softphone is open beside the page, and what somebody last asked it to ring. */
export interface DockState {
  readonly isOpen: boolean
  readonly wish: SoftphoneWish
  /** Counts the requests: the same wish twice is two requests. */
  readonly request: number
}

let state: DockState = { isOpen: false, wish: {}, request: 0 }
const readers = new Set<() => void>()

const become = (next: DockState): void => {
  state = next
  for (const reader of readers) reader()
}

/** Opens the softphone beside the page, ready to ring what is wished for. It rings when the person presses its button. */
export const openSoftphone = (wish: SoftphoneWish = {}): void =>
  become({ isOpen: true, wish, request: state.request + 1 })

/** Keeps the softphone in sight while somebody looks at other pages. */
export const showSoftphone = (): void => {
  if (!state.isOpen) become({ ...state, isOpen: true })
}

/** Puts the softphone away. A call that is up goes on and can be seen again. */
export const closeSoftphone = (): void => become({ ...state, isOpen: false })

/** For `useSyncExternalStore`. */
export const dockState = (): DockState => state

/** Calls back after each change; gives the function that ends it. */
export const onDockChange = (reader: () => void): (() => void) => {
  readers.add(reader)
  return () => readers.delete(reader)
}

import { useEffect, useRef, useSyncExternalStore } from 'react'

/** A key that does something on this page. */
export interface Shortcut {
  /** As `KeyboardEvent.key` has it; two keys one after the other with a space between: `g c`. */
  readonly keys: string
  /** What it does, for the list under `?`. */
  readonly does: string
  readonly run: () => void
}

const KEPT_AS = 'console-shortcuts'
const SECOND_KEY_WITHIN_MS = 1_500

let shortcuts: readonly Shortcut[] = []
let isOn = localStorage.getItem(KEPT_AS) !== 'off'
let first: { readonly key: string; readonly at: number } | undefined
/** The key that is down and was a shortcut. */
let taken: string | undefined
const readers = new Set<() => void>()

const subscribe = (reader: () => void) => {
  readers.add(reader)
  return () => void readers.delete(reader)
}
const tell = (): void => {
  for (const reader of readers) reader()
}

/** Whether somebody is typing, or uses a control that means keys itself. */
const isTaken = ({ target }: KeyboardEvent): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.closest('input, select, textarea') !== null)

const onKey = (event: KeyboardEvent): void => {
  if (!isOn || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTaken(event)) return
  if (document.querySelector('dialog:modal')) return
  const before = first && event.timeStamp - first.at < SECOND_KEY_WITHIN_MS ? first.key : undefined
  first = undefined
  const found =
    shortcuts.find(({ keys }) => keys === `${before} ${event.key}`) ?? shortcuts.find(({ keys }) => keys === event.key)
  if (!found) {
    first = { key: event.key, at: event.timeStamp }
    return
  }
  // A button that has the focus takes these itself, unless it says that it leaves them to the page.
  if ((event.key === ' ' || event.key === 'Enter') && event.target instanceof HTMLElement)
    if (event.target.closest('button:not([data-passes-keys]), a, summary')) return
  event.preventDefault()
  taken = event.key
  found.run()
}

/** Some browsers press the button that has the focus when the key comes up. */
const onKeyUp = (event: KeyboardEvent): void => {
  if (event.key === taken) event.preventDefault()
  taken = undefined
}

/** Begins to listen for shortcuts. */
export const listenForShortcuts = (): void => {
  addEventListener('keydown', onKey)
  addEventListener('keyup', onKeyUp)
}

/** Adds shortcuts for as long as the component is there; of two for the same key the newer one wins. */
export const useShortcuts = (own: readonly Shortcut[]): void => {
  const latest = useRef(own)
  useEffect(() => {
    latest.current = own
  })
  const named = JSON.stringify(own.map(({ keys, does }) => ({ keys, does })))
  useEffect(() => {
    const names = JSON.parse(named) as Pick<Shortcut, 'keys' | 'does'>[]
    const added = names.map((name, at) => ({ ...name, run: () => latest.current[at]?.run() }))
    shortcuts = [...added, ...shortcuts]
    tell()
    return () => {
      shortcuts = shortcuts.filter((shortcut) => !added.includes(shortcut))
      tell()
    }
  }, [named])
}

/** The shortcuts of this page, and whether they are on. */
export const useAllShortcuts = () => ({
  shortcuts: useSyncExternalStore(subscribe, () => shortcuts),
  isOn: useSyncExternalStore(subscribe, () => isOn),
})

/** Switches shortcuts on or off, and keeps that in this browser. */
export const switchShortcuts = (on: boolean): void => {
  isOn = on
  localStorage.setItem(KEPT_AS, on ? 'on' : 'off')
  tell()
}

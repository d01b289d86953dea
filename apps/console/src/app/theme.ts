import { useSyncExternalStore } from 'react'

/** How bright the console is; `system`: as the device is. */
export type Theme = 'system' | 'light' | 'dark'

const KEPT_AS = 'console-theme'
const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' }
const readers = new Set<() => void>()

const kept = (): Theme => {
  const value = localStorage.getItem(KEPT_AS)
  return value === 'light' || value === 'dark' ? value : 'system'
}

let theme = kept()

const apply = (): void => {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}

/** Applies what was chosen in this browser. */
export const applyTheme = apply

/** Goes on to the next theme, and keeps it in this browser. */
export const changeTheme = (): void => {
  theme = NEXT[theme]
  localStorage.setItem(KEPT_AS, theme)
  apply()
  for (const reader of readers) reader()
}

const subscribe = (reader: () => void) => {
  readers.add(reader)
  return () => void readers.delete(reader)
}

/** The theme that was chosen. */
export const useTheme = (): Theme => useSyncExternalStore(subscribe, () => theme)

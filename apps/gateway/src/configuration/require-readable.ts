import { unreadable } from '@llc-phone/settings'
import { SettingsInvalid } from './settings-errors.ts'

/** Throws {@link SettingsInvalid} for a document that is too large or too deep to be worked with beside live calls. */
export const requireReadable = (document: unknown, what: string): void => {
  const refused = unreadable(document)
  if (refused) throw new SettingsInvalid([refused], what)
}

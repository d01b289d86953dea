import type { Mode } from '../mode/mode.ts'
import type { CallStory } from './call-story.ts'

/** Where in the settings a call comes from, so that calls can be told apart and compared by it. */
export interface CallOrigin {
  /** The name by which the mode's instance is found again. */
  readonly instance?: string | undefined
  /** The version of the settings that the instance was built from. */
  readonly settingsVersion?: number | undefined
  /** The tuning profile that the instance names. */
  readonly tuningProfile?: string | undefined
  /** A call of the simulator, or of somebody who tries the line. */
  readonly isTest?: true | undefined
}

/** The part of a story that tells its origin; what is not known is absent. */
export type StoryOrigin = Pick<CallStory, 'instance' | 'settingsVersion' | 'tuningProfile' | 'language' | 'isTest'>

/** The origin as a story tells it. */
export const originOf = ({
  mode: { language },
  instance,
  settingsVersion,
  tuningProfile,
  isTest,
}: CallOrigin & { readonly mode: Pick<Mode, 'language'> }): StoryOrigin => ({
  ...(instance === undefined ? {} : { instance }),
  ...(settingsVersion === undefined ? {} : { settingsVersion }),
  ...(tuningProfile === undefined ? {} : { tuningProfile }),
  language,
  ...(isTest === undefined ? {} : { isTest }),
})

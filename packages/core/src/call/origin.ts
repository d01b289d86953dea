import type { CallStory } from './call-story.ts'

/** Where in the settings a call comes from, so that calls can be told apart and compared by it. */
export interface CallOrigin {
  /** The name by which the mode's instance is found again. */
  readonly instance?: string | undefined
  /** The version of the settings that the instance was built from. */
  readonly settingsVersion?: number | undefined
  /** The tuning profile that the instance names. */
  readonly tuningProfile?: string | undefined
}

/** The origin as a story tells it: without what is not known. */
export const originOf = ({
  instance,
  settingsVersion,
  tuningProfile,
}: CallOrigin): Pick<CallStory, 'instance' | 'settingsVersion' | 'tuningProfile'> => ({
  ...(instance === undefined ? {} : { instance }),
  ...(settingsVersion === undefined ? {} : { settingsVersion }),
  ...(tuningProfile === undefined ? {} : { tuningProfile }),
})

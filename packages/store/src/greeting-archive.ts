import type { RecordedGreeting } from '@llc-phone/core'

/** Greetings that were recorded in calls. */
export interface GreetingArchive {
  /** Durable when it resolves; replaces a recording with the same id. */
  keep(greeting: RecordedGreeting): Promise<void>
  /** The oldest first. */
  list(): Promise<readonly RecordedGreeting[]>
  /** `false`: there is no such recording. */
  remove(id: string): Promise<boolean>
}

import { costOf } from '@llc-phone/gateway/cost'
import type { RecordedCall, Store } from '@llc-phone/store'
import { conversations, shownConversation, type Conversation } from './conversations.ts'
import { at, daysBefore, NOW, weekdayBefore } from './moments.ts'
import type { Random } from './random.ts'
import { storyOf } from './story-of.ts'

const MODEL = 'gpt-realtime-2.1'
const DAYS = 30
const AREAS = ['617', '857', '781', '339', '508']
const NUMBERS = { menu: '+14155550101', frontDesk: '+14155550102', customerService: '+14155550103' } as const
/** Telephones that belong to nobody: 555-0100 to 0199 of each area. */
const callerOf = (random: Random): string | undefined =>
  random.next() < 0.04 ? undefined : `+1${random.of(AREAS)}5550${random.whole(100, 199)}`

/** When callers ring on a weekday: more in the morning and after lunch. */
const HOURS = [8, 8, 9, 9, 9, 9, 10, 10, 10, 11, 11, 12, 13, 14, 14, 14, 15, 15, 16, 17, 19]

const weighted: readonly Conversation[] = conversations.flatMap((each) =>
  Array.from({ length: each.weight }, () => each),
)

const two = (value: number): string => String(value).padStart(2, '0')

/** The version of the settings that was in force. */
const versionAt = (days: number): number => (days > 9 ? 1 : days > 2 ? 2 : 3)

/** Stores a call as the gateway does when it ends. */
export const keepCall = async (store: Store, story: RecordedCall): Promise<RecordedCall> => {
  const costUsd = costOf(MODEL, story.usage)
  await store.journal.finish(story, { model: MODEL, ...(costUsd === undefined ? {} : { costUsd }) })
  return story
}

/** Stores a month of calls that came in. Resolves to them, the latest first. */
export const seedCalls = async (store: Store, random: Random): Promise<readonly RecordedCall[]> => {
  const kept: RecordedCall[] = []
  for (let days = DAYS; days >= 0; days--) {
    const weekday = weekdayBefore(days)
    const isWeekend = weekday === 0 || weekday === 6
    const count = isWeekend ? random.whole(2, 5) : random.whole(20, 30)
    for (let call = 0; call < count; call++) {
      const time = `${two(random.of(HOURS))}:${two(random.whole(0, 59))}`
      const startedAt = daysBefore(days, time) + random.whole(0, 59) * 1_000
      if (startedAt > NOW - 12 * 60_000) continue
      const conversation = isWeekend
        ? random.of(conversations.filter(({ ends }) => ends === 'voicemail' || ends === 'caller_hung_up'))
        : random.of(weighted)
      // A bad afternoon of the model server, and a greeting that has become shorter since.
      const slowness = days === 6 ? 2.1 : days > 9 ? 1.2 : 1
      const instance = conversation.instance === 'reminders' ? 'frontDesk' : conversation.instance
      const story = storyOf(
        conversation,
        {
          startedAt: new Date(startedAt),
          caller: callerOf(random),
          dialled: NUMBERS[instance],
          settingsVersion: versionAt(days),
          slowness,
        },
        random,
      )
      // oxlint-disable-next-line no-await-in-loop -- one write after the other
      kept.push(await keepCall(store, story))
    }
  }
  return kept.toSorted((one, other) => other.startedAt.localeCompare(one.startedAt))
}

/** Stores the call that pictures of a call show: a known customer, an hour ago. */
export const seedShownCall = (store: Store, random: Random): Promise<RecordedCall> =>
  keepCall(
    store,
    storyOf(
      shownConversation,
      {
        startedAt: new Date(at('11:24')),
        caller: '+14155550199',
        dialled: NUMBERS.customerService,
        settingsVersion: 3,
      },
      random,
    ),
  )

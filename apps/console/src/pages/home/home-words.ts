import { countOf } from '../../parts/figures.ts'

/** What part of the day an hour (0 to 23) belongs to. */
const greetingAt = (hour: number): string =>
  hour < 12 ? 'Good morning.' : hour < 18 ? 'Good afternoon.' : 'Good evening.'

/** The sentences of the first page. */
export const words = {
  title: 'Home',
  greetingAt,
  live: 'Live',
  quiet: 'The line is quiet.',
  tryIt: 'Try it',
  allLive: 'All live calls',
  needsYou: 'Needs you',
  nothingNeeded: 'Nothing needs you.',
  wentWrong: 'call went wrong',
  noReason: 'The call went wrong',
  today: 'Today',
  historyLost: 'Calls are answered all the same; history cannot be read just now.',
  noCalls: 'No calls yet today.',
  onlyTests: 'No calls yet today. Calls of a simulated carrier are tests, which are counted nowhere:',
  seeTests: 'see them all',
  tooFew: 'too few calls',
  since: (weekday: string) => `Compared with last ${weekday} up to this hour; its calls are the grey bars.`,
  liveCount: (count: number) => `${count} live`,
  toDo: (count: number) => countOf(count, 'message to do', 'messages to do'),
  wrong: (count: string) => `${count} went wrong in 24 hours`,
  warnings: (count: number) =>
    countOf(count, 'thing to look at when there is time', 'things to look at when there is time'),
  forWhom: (recipient: string | undefined) => (recipient ? ` for ${recipient}` : ''),
}

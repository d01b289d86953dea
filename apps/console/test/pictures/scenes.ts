import type { Page } from 'playwright-core'
import type { BusinessDay } from './business-day.ts'

/** A page as it is pictured. */
export interface Scene {
  readonly name: string
  /** Below `/console`. */
  readonly path: string
  /** Brings the page to where it is pictured. */
  readonly act?: (page: Page) => Promise<void>
  /** `empty`: of a gateway that was just installed; the working day when nothing is said. */
  readonly of?: 'empty'
  /** Nobody is signed in. */
  readonly isSignedOut?: true
  /** Goes on while it is pictured, so all sizes and themes are pictured at the same time. */
  readonly isMoving?: true
  /** Its clock goes on, because it shows for how long something lasts. */
  readonly clockRuns?: true
  readonly onlyWidth?: 1280 | 390
  /** Of the wide window in the documentation, where the usual one shows too little. */
  readonly height?: number
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first()

/** A test call, typed: asked, interrupted, and answered with a tool. */
const ringAndTalk = async (page: Page): Promise<void> => {
  const log = page.getByRole('log', { name: 'Transcript' })
  const say = async (line: string): Promise<void> => {
    await page.getByLabel('What you say').fill(line)
    await page.getByRole('button', { name: 'Say', exact: true }).click()
  }
  await page.getByLabel('Ring').selectOption('customerService')
  await page.getByLabel('Calling as').fill('+14155550199')
  await button(page, 'Call and type').click()
  await log
    .locator('li:not([aria-hidden])')
    .getByText(/How can I help/)
    .waitFor({ timeout: 60_000 })
  await say('how does your service work')
  await log
    .getByText(/something is broken/)
    .first()
    .waitFor({ timeout: 60_000 })
  await say('when is my next appointment')
  await log
    .locator('li:not([aria-hidden])')
    .getByText(/next appointment is/)
    .waitFor({ timeout: 60_000 })
}

const business = (tab: string): Scene => ({ name: `business-${tab}`, path: `/business/${tab}` })
const system = (tab: string): Scene => ({ name: `system-${tab}`, path: `/system/${tab}` })

/** All pages and tabs, with the states that are worth a picture. The live ones come first, while the calls go on. */
export const scenesOf = ({ calls }: BusinessDay, liveCallId: string): readonly Scene[] => [
  // Before what is done for the other pictures stands there, too.
  system('audit'),
  { name: 'home', path: '/', isMoving: true, height: 860 },
  { name: 'live', path: '/live', isMoving: true },
  { name: 'call-live', path: `/calls/${liveCallId}`, isMoving: true },
  {
    name: 'call-transfer',
    path: `/calls/${liveCallId}`,
    isMoving: true,
    act: async (page) => {
      await button(page, /^Transfer/).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  { name: 'softphone', path: '/try', act: ringAndTalk, isMoving: true, clockRuns: true },
  {
    name: 'softphone-dock',
    path: '/numbers',
    isMoving: true,
    clockRuns: true,
    act: async (page) => {
      await page.getByRole('link', { name: 'Try it' }).first().click()
      await ringAndTalk(page)
      await page.getByRole('link', { name: 'Live', exact: false }).first().click()
      await page.getByRole('heading', { name: 'Live', level: 1 }).waitFor()
    },
  },
  { name: 'try', path: '/try' },
  { name: 'calls', path: '/calls' },
  { name: 'calls-filtered', path: '/calls?problem=any' },
  { name: 'calls-none', path: '/calls?q=submarine' },
  { name: 'call', path: `/calls/${calls.shown}`, height: 1_180 },
  {
    name: 'call-turn',
    path: `/calls/${calls.shown}`,
    act: async (page) => {
      await page
        .getByText(/^✂ heard/)
        .first()
        .click()
    },
  },
  {
    name: 'call-table',
    path: `/calls/${calls.shown}`,
    act: (page) => button(page, 'Show as table').click(),
  },
  { name: 'call-failed', path: `/calls/${calls.failed}` },
  { name: 'call-events', path: `/calls/${calls.logged}/events` },
  { name: 'messages', path: '/messages' },
  { name: 'messages-done', path: '/messages?show=done' },
  { name: 'numbers', path: '/numbers' },
  {
    name: 'numbers-fix',
    path: '/numbers',
    act: async (page) => {
      await page
        .getByRole('button', { name: /Set it right/ })
        .first()
        .click()
      await page.getByRole('dialog').waitFor()
    },
  },
  ...['basics', 'hours', 'people', 'answers', 'assistants', 'messages', 'outbound', 'versions', 'text'].map(business),
  {
    name: 'business-publish',
    path: '/business/hours',
    act: async (page) => {
      await page.getByRole('button', { name: 'Publish…' }).last().click()
      await page.getByRole('dialog').waitFor()
    },
  },
  { name: 'customers', path: '/customers' },
  { name: 'customer', path: '/customers/demo-anna-keller' },
  {
    name: 'customer-book',
    path: '/customers/demo-anna-keller',
    act: async (page) => {
      await button(page, 'Book…').click()
      await page.getByRole('dialog').getByLabel('What').selectOption({ index: 1 })
      await page.getByRole('dialog').getByRole('radio').first().waitFor()
    },
  },
  { name: 'calendar', path: '/customers/calendar' },
  { name: 'customers-import', path: '/customers/import' },
  { name: 'outbound', path: '/outbound' },
  { name: 'outbound-calls', path: '/outbound/calls' },
  { name: 'outbound-contacts', path: '/outbound/contacts' },
  { name: 'outbound-do-not-call', path: '/outbound/do-not-call' },
  { name: 'quality', path: '/quality' },
  { name: 'quality-cost', path: '/quality/cost' },
  { name: 'quality-outcomes', path: '/quality/outcomes' },
  { name: 'quality-problems', path: '/quality/problems' },
  ...['health', 'people', 'sessions', 'deliveries', 'tuning', 'keeping'].map(system),
  {
    name: 'shortcuts',
    path: '/calls',
    onlyWidth: 1280,
    act: async (page) => {
      await page.keyboard.press('?')
      await page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor()
    },
  },
  { name: 'more', path: '/calls', onlyWidth: 390, act: (page) => button(page, 'More').click() },
  { name: 'sign-in', path: '/', isSignedOut: true },
  { name: 'empty-home', path: '/', of: 'empty' },
  ...['live', 'calls', 'messages', 'outbound/calls', 'outbound/do-not-call', 'outbound/contacts', 'quality'].map(
    (path): Scene => ({ name: `empty-${path.replace('/', '-')}`, path: `/${path}`, of: 'empty' }),
  ),
  ...['begin', 'name', 'hours', 'people', 'greeting', 'answers', 'try', 'numbers', 'publish'].map((step): Scene => ({
    name: `set-up-${step}`,
    path: `/business/set-up/${step}`,
    of: 'empty',
  })),
]

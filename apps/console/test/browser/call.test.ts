/// <reference lib="dom" />
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { speak } from '@llc-phone/sim'
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { describeConsole, type TestedConsole } from './support/console.ts'
import { longestTaskMs } from './support/longest-task.ts'
import { barriersOf, keepPicture, sidewaysOf } from './support/look.ts'
import { longCall, oddCalls } from './support/stories.ts'

/** Anna Keller, who has a record and appointments. */
const CUSTOMER = '+14155550199'
const OTHER = '+14155550198'
const SAID_WITHIN_MS = 30_000
/** Calls of which little is shown. */
const PLAIN = new Set(['fell back', 'was never answered', 'is not there'])
/** The transcript of a long call is drawn part by part. */
const FILLED_AFTER_MS = 4_000

type Placed = ReturnType<TestedConsole['world']['twilio']['placeCall']>

const transcript = (page: Page) => page.getByLabel('Transcript', { exact: true })
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })

type Look = readonly [width: number, theme: 'light' | 'dark']

const TWO_LOOKS: readonly Look[] = [
  [1280, 'light'],
  [390, 'dark'],
]
const ALL_LOOKS: readonly Look[] = [...TWO_LOOKS, [390, 'light'], [1280, 'dark']]

/** Looks at a page at both widths and in both themes. */
const look = async (page: Page, name: string, looks = TWO_LOOKS): Promise<void> => {
  for (const [width, theme] of looks) {
    /* oxlint-disable no-await-in-loop -- one page, one look after the other */
    await page.setViewportSize({ width, height: width === 390 ? 844 : 800 })
    await page.emulateMedia({ colorScheme: theme })
    expect(await sidewaysOf(page), `${name} at ${width} px`).toBe(0)
    // What a colour scheme does to shapes is nothing.
    const only = (width === 1280) === (theme === 'light') ? undefined : ['color-contrast']
    expect(await barriersOf(page, only), `${name} at ${width} px, ${theme}`).toEqual([])
    await keepPicture(page, `${name}-${width}-${theme}`)
    /* oxlint-enable no-await-in-loop */
  }
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.emulateMedia({ colorScheme: 'light' })
}

describeConsole(
  'the page of a call',
  (opened) => {
    let talk: Placed
    let talked: Promise<void>
    beforeAll(async () => {
      const { world } = opened
      const { body } = await world.admin('GET', '/settings')
      const { document } = body as { document: { modes: Record<string, object> } }
      const greeting = 'Harbor Dental, good morning. This call may be recorded. How can I help you?'
      const modes = {
        ...document.modes,
        customerService: { ...document.modes['customerService'], recordsCalls: true, greeting },
      }
      const published = await world.admin('POST', '/settings/publish', {
        document: { ...document, modes },
        note: 'Recorded',
      })
      expect(published.status).toBe(200)
      const interruption = await speak('do you know who I am', 'rms')
      talk = world.twilio.placeCall({ to: world.numbers.csr, from: CUSTOMER, script: [], maxSilenceMs: 80_000 })
      await talk.seen('media-start')
      const converse = async () => {
        await world.said(talk, /How can I help/)
        await talk.say('how does your service work')
        await talk.heardSpeech()
        await talk.play(interruption)
        await world.said(talk, /your record here/)
        await talk.say('when is my next appointment')
        await world.said(talk, /next appointment is/)
        await talk.say('thank you, goodbye')
        await talk.ended
      }
      talked = converse()
      // Told by the test that waits for it.
      talked.catch(() => {})
    })

    it('grows while the call goes on, and lets people act in it, each noted', async () => {
      const { world } = opened
      const call = world.twilio.placeCall({
        to: world.numbers.receptionist,
        from: OTHER,
        script: [],
        maxSilenceMs: 80_000,
      })
      await call.seen('media-start')
      const page = await opened.open(`/calls/${call.sid}`)
      await transcript(page)
        .getByText(/Harbor Dental/)
        .waitFor({ timeout: SAID_WITHIN_MS })
      await page.getByText('● talking').waitFor()

      await button(page, 'Listen in').click()
      await page.getByText('owner-in-test listens in').first().waitFor()
      await button(page, 'Tell the assistant…').click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox').fill('Offer Tuesday.')
      await dialog.getByRole('button', { name: 'Tell it' }).click()
      await transcript(page).getByText('note by owner-in-test').waitFor()
      expect(await transcript(page).getByText('Offer Tuesday.').isVisible()).toBe(true)
      await look(page, 'call-live')

      world.twilio.setFarEnd(() => ({ outcome: 'busy', afterMs: 200 }))
      await button(page, 'Transfer…').click()
      await dialog.getByRole('button', { name: /^Transfer to/ }).click()
      await transcript(page)
        .getByText(/owner-in-test transfers the caller to/)
        .waitFor()
      await button(page, 'Stop listening').click()
      await page.getByText('owner-in-test listens in').first().waitFor({ state: 'detached' })
      await button(page, 'Hang up…').click()
      expect(await dialog.getByRole('heading').textContent()).toContain('•••0198')
      await dialog.getByRole('button', { name: 'Hang up' }).click()
      await call.ended
      await transcript(page)
        .getByText(/owner-in-test listened in for/)
        .waitFor()
      await button(page, 'Tell the assistant…').waitFor({ state: 'detached', timeout: SAID_WITHIN_MS })
      await page.getByText('An operator ended the call.').waitFor()

      const { callId } = await world.story(call)
      const { body } = await world.admin('GET', `/audit?target=${callId}`)
      const { lines } = body as { lines: { action: string; who: string }[] }
      expect(lines.map(({ action, who }) => `${action} ${who}`).toSorted()).toEqual([
        'call_ended owner-in-test',
        'call_listened owner-in-test',
        'call_note owner-in-test',
        'call_transferred owner-in-test',
      ])
    })

    it('shows afterwards what was heard and what was cut, and plays the recording', async () => {
      await talked
      const page = await opened.open(`/calls/${talk.sid}`)
      const lines = transcript(page).getByRole('listitem')
      const cut = lines.filter({ hasText: /heard [\d.]+ of [\d.]+ s/ }).first()
      await cut.waitFor()
      expect(await cut.locator('del').textContent()).toMatch(/not heard: \S+/)
      await lines.filter({ hasText: 'get_appointments' }).first().waitFor()
      // The picture: hatched where it was cut, with both figures of the interruption.
      const picture = page.locator('svg[aria-hidden]').filter({ has: page.locator('pattern') })
      expect(await picture.locator('rect[fill^="url(#hatch"]').count()).toBeGreaterThan(0)
      expect(await picture.getByText(/^[\d.]+ m?s · \d+ ms$/).count()).toBeGreaterThan(0)
      await page.getByText('The assistant said goodbye and hung up.').waitFor()

      // One selection: keys, transcript and picture.
      const chosen = transcript(page).locator('[aria-current]')
      await page.keyboard.press('j')
      const first = await chosen.textContent()
      await page.keyboard.press('j')
      await expect.poll(() => chosen.textContent()).not.toBe(first)
      await page.keyboard.press('k')
      await expect.poll(() => chosen.textContent()).toBe(first)
      await cut.getByRole('button').click()
      await page
        .getByText(/told to be silent after/)
        .last()
        .waitFor()

      // The recording, its loudness as the gateway has counted it.
      const player = page.locator('audio')
      await player.waitFor()
      expect(await page.getByText('Recording', { exact: true }).count()).toBe(1)
      const at = () => player.evaluate((audio: HTMLAudioElement) => audio.currentTime)
      const before = await at()
      expect(before).toBeGreaterThan(1)
      await page.keyboard.press(' ')
      await page.waitForFunction((from) => document.querySelector('audio')!.currentTime > from + 0.4, before)
      await page.keyboard.press(' ')
      await page.waitForFunction(() => document.querySelector('audio')!.paused)
      await look(page, 'call', ALL_LOOKS)

      await button(page, 'Show as table').click()
      expect(
        await page.getByRole('table', { name: 'The call in order of time' }).getByRole('row').count(),
      ).toBeGreaterThan(8)
      await look(page, 'call-table')
      await page.getByRole('link', { name: /newer/ }).click()
      await page.getByRole('heading', { name: /•••0198/, level: 1 }).waitFor()

      const asViewer = await opened.open(`/calls/${talk.sid}`, { as: 'viewer' })
      await transcript(asViewer).getByText('get_appointments').first().waitFor()
      expect(await asViewer.locator('audio').count(), 'viewers hear no recordings').toBe(0)
      expect(await button(asViewer, /Delete this caller|reveal/).count()).toBe(0)
      await button(page, 'Delete this caller…').click()
      await page
        .getByRole('dialog')
        .getByText(/1 call with every word/)
        .waitFor()
      await page.getByRole('button', { name: 'Cancel' }).click()
    })

    it('is right for a call that has not gone as most do', async () => {
      const page = await opened.open('/calls', { expects: [/404/] })
      for (const [name, { story, says, not = [] }] of Object.entries(oddCalls)) {
        /* oxlint-disable no-await-in-loop -- one page, one call after the other */
        await page.unrouteAll()
        await page.route(/\/calls\/odd(\?|\/beside)/, (route) => {
          if (route.request().url().includes('beside')) return route.fulfill({ json: {} })
          if (story) return route.fulfill({ json: story })
          return route.fulfill({
            status: 404,
            json: { error: { code: 'not_found', message: 'There is no such call.' } },
          })
        })
        await page.goto(`${opened.world.publicUrl}/console/calls/odd`)
        for (const text of says)
          await page.getByText(text).filter({ visible: true }).first().waitFor({ timeout: 10_000 })
        for (const text of not) expect(await page.getByText(text).count(), `${name}: ${text}`).toBe(0)
        // The others have no part that these, or the calls above, have not.
        if (PLAIN.has(name)) expect(await barriersOf(page), name).toEqual([])
        await keepPicture(page, `call-${name.replaceAll(' ', '-')}`)
        /* oxlint-enable no-await-in-loop */
      }
    })

    it('does not wait for a call of two thousand turns', async () => {
      const page = await opened.open('/calls')
      await page.route(/\/calls\/long(\?|\/beside)/, (route) =>
        route.fulfill({ json: route.request().url().includes('beside') ? {} : longCall(2_000) }),
      )
      // Nothing is looked for meanwhile: that would be work of the page's thread too.
      const press = (name: string) =>
        page.evaluate((text) => {
          const buttons = [...document.querySelectorAll('button')]
          buttons.find(({ textContent }) => textContent?.includes(text))!.click()
        }, name)
      const longest = await longestTaskMs(page, async () => {
        await page.evaluate(() => {
          history.pushState(null, '', '/console/calls/long')
          dispatchEvent(new PopStateEvent('popstate'))
        })
        await page.waitForTimeout(FILLED_AFTER_MS)
        for (let turn = 0; turn < 8; turn++) await page.keyboard.press('j')
        for (const name of ['Zoom in', 'Show as table', 'After', 'Show as picture']) {
          await press(name)
          await page.waitForTimeout(300)
        }
      })
      expect(await transcript(page).getByRole('listitem').count()).toBe(2_400)
      await keepPicture(page, 'call-long')
      // 37 ms on a quiet machine; drawing all of it at once takes seconds.
      expect(longest, 'processor time of one task (ms)').toBeLessThan(150)
    })
  },
  {
    variables: {
      DATABASE_URL: `file:${join(mkdtempSync(join(tmpdir(), 'call-page-')), 'llc.db')}`,
      SUPPORT_NUMBER: '+14155550112',
    },
  },
)

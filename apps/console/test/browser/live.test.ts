import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { breakable } from './support/breakable.ts'
import { describeConsole } from './support/console.ts'
import { barriersOf, keepPicture } from './support/look.ts'

const CALLER = '+14155550199'
const CALLS = 50
const EVENTS_A_SECOND = 20
const LASTS_MS = 4_000

describeConsole('live calls', (opened) => {
  it('says in its place what cannot be read, and shows the rest', async () => {
    const page = await opened.open('/live', { expects: [/503/] })
    const error = { code: 'storage_unavailable', message: 'The database does not answer.' }
    await page.route(/\/(stats|messages)\?/, (route) => route.fulfill({ status: 503, json: { error } }))
    await page.getByRole('link', { name: 'Home' }).first().click()
    await page.getByRole('region', { name: 'Today' }).getByText('Calls are answered all the same').waitFor()
    await page.getByRole('region', { name: 'Needs you' }).getByText('The database does not answer').waitFor()
    await page
      .getByRole('region', { name: 'Needs you' })
      .getByText(/to look at when there is time/)
      .waitFor()
    expect(await page.getByRole('region', { name: 'Live' }).getByText('The line is quiet').isVisible()).toBe(true)
    await keepPicture(page, 'home-unread')
  })

  it('shows a call while it goes on, what is said, and nothing after it has ended', async () => {
    const { world } = opened
    const page = await opened.open('/live')
    await page.getByText('The line is quiet').waitFor()
    await keepPicture(page, 'live-quiet')
    const call = world.twilio.placeCall({ to: world.numbers.receptionist, from: CALLER, script: [] })
    const row = page.getByRole('row').filter({ hasText: '•••0199' })
    await row.getByText(/Assistant: .*Harbor Dental/).waitFor({ timeout: 20_000 })
    expect(await page.getByRole('link', { name: /Live/ }).first().textContent()).toContain('1 live call')
    expect(await barriersOf(page)).toEqual([])
    await keepPicture(page, 'live-call-1280')
    await page.setViewportSize({ width: 390, height: 844 })
    await keepPicture(page, 'live-call-390')
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.getByRole('link', { name: 'Home' }).first().click()
    await page.getByRole('region', { name: 'Live' }).getByText('•••0199').waitFor()
    await page.getByRole('region', { name: 'Needs you' }).getByRole('listitem').first().waitFor()
    await keepPicture(page, 'home-live-1280')
    await page.setViewportSize({ width: 390, height: 844 })
    await keepPicture(page, 'home-live-390')
    await page.setViewportSize({ width: 1280, height: 800 })
    await world.admin('POST', `/calls/${call.sid}/hangup`, {})
    await page.getByRole('region', { name: 'Live' }).getByText('The line is quiet').waitFor({ timeout: 20_000 })
  })

  it('says that the gateway is lost, keeps what it has shown, and goes on when it is back', async () => {
    const page = await opened.open('/calls', { expects: [/Failed to load resource/] })
    await page.addInitScript(() => {
      const Native = EventSource
      Object.assign(globalThis, {
        EventSource: class extends Native {
          constructor(address: string) {
            super(address)
            Object.assign(globalThis, { feed: this })
          }
        },
      })
    })
    await page.goto(`${opened.world.publicUrl}/console/live`)
    await page.getByText('The line is quiet').waitFor()
    const gone = /\/(session|calls\/events)/
    await page.route(gone, (route) => route.abort())
    await page.evaluate(() => {
      const { feed } = globalThis as unknown as { feed: EventSource }
      feed.dispatchEvent(new Event('error'))
    })
    await page.getByText(/Reconnecting since \d+ s/).waitFor({ timeout: 20_000 })
    expect(await page.getByText('The line is quiet').isVisible()).toBe(true)
    expect(await barriersOf(page)).toEqual([])
    await keepPicture(page, 'live-lost')
    await page.unroute(gone)
    await page.getByText(/Reconnecting/).waitFor({ state: 'detached', timeout: 20_000 })
  })

  it('a connection that breaks during a call loses nothing and doubles nothing; another page sees the same', async () => {
    const { world } = opened
    const way = await breakable(world.publicUrl)
    const call = world.twilio.placeCall({
      to: world.numbers.receptionist,
      from: CALLER,
      script: [{ say: 'where can I park my car' }, { say: 'can I leave a message for Anna' }],
    })
    await call.seen('media-start')
    const { callId } = await world.story(call)
    const broken = await opened.open(`/calls/${callId}`, { by: way.url, expects: [/Failed to load resource/] })
    const whole = await opened.open(`/calls/${callId}`)
    const said = (page: Page, words: RegExp) => page.getByLabel('Transcript', { exact: true }).getByText(words).first()
    await said(broken, /Harbor Dental/).waitFor({ timeout: 20_000 })
    way.break()
    await broken.getByText(/Reconnecting since/).waitFor()
    await said(whole, /park/).waitFor({ timeout: 30_000 })
    way.mend()
    await broken.getByText(/Reconnecting since/).waitFor({ state: 'detached', timeout: 20_000 })
    await said(broken, /park/).waitFor()
    await said(broken, /I have taken your message/).waitFor({ timeout: 30_000 })
    call.hangUp()
    await call.ended
    for (const page of [broken, whole]) {
      // oxlint-disable-next-line no-await-in-loop -- one page after the other
      await page.getByRole('group', { name: 'Transcript' }).waitFor()
      // oxlint-disable-next-line no-await-in-loop -- as above
      const lines = await page.getByRole('group', { name: 'Transcript' }).getByRole('listitem').allInnerTexts()
      // oxlint-disable-next-line no-await-in-loop -- as above
      await page.reload()
      // oxlint-disable-next-line no-await-in-loop -- as above
      await page.getByRole('group', { name: 'Transcript' }).waitFor()
      // oxlint-disable-next-line no-await-in-loop -- as above
      const read = await page.getByRole('group', { name: 'Transcript' }).getByRole('listitem').allInnerTexts()
      expect(lines).toEqual(read)
    }
    way.close()
  })

  it('draws of fifty calls only what an event has changed', async () => {
    const startedAt = new Date().toISOString()
    const calls = Array.from({ length: CALLS }, (_, at) => ({
      callId: `call-${at}`,
      mode: 'ivr',
      direction: 'inbound',
      caller: `+1415•••${1_000 + at}`,
      dialled: '+14155550101',
      phase: 'live',
      startedAt,
    }))
    const page = await opened.open('/calls')
    await page.route(/\/calls\?/, (route) => route.fulfill({ json: { calls } }))
    await page.addInitScript(
      ({ count, aSecond }) => {
        // The feed of a gateway with many calls, as the page sees it.
        class Feed extends EventTarget {
          constructor() {
            super()
            let seq = 0
            setTimeout(() => this.dispatchEvent(new Event('open')))
            setInterval(() => {
              const event = {
                type: 'call',
                callId: `call-${(seq * 7) % count}`,
                phase: 'live',
                speaker: 'caller',
                words: `sentence ${++seq}`,
                speaking: seq % 2 === 0,
              }
              this.dispatchEvent(new MessageEvent('call', { data: JSON.stringify(event), lastEventId: `boot.${seq}` }))
            }, 1_000 / aSecond)
          }
          close() {}
        }
        Object.assign(globalThis, { EventSource: Feed })
      },
      { count: CALLS, aSecond: EVENTS_A_SECOND },
    )
    await page.goto(`${opened.world.publicUrl}/console/live`)
    await page
      .getByText(/sentence/)
      .first()
      .waitFor()
    expect(await page.getByRole('row').count()).toBe(CALLS + 1)
    const changes = await page.evaluate(async (lastsMs) => {
      let seen = 0
      const observer = new MutationObserver((records) => {
        for (const { target } of records) {
          const cell = (target instanceof Element ? target : target.parentElement)?.closest('td')
          // The running clocks change in every row.
          if (cell?.dataset['title'] !== 'For') seen++
        }
      })
      observer.observe(document.querySelector('tbody')!, { subtree: true, childList: true, characterData: true })
      await new Promise((resolve) => setTimeout(resolve, lastsMs))
      return seen
    }, LASTS_MS)
    await keepPicture(page, 'live-fifty')
    expect(changes).toBeGreaterThan(20)
    expect(changes).toBeLessThan((LASTS_MS / 1_000) * EVENTS_A_SECOND * 6)
  })
})

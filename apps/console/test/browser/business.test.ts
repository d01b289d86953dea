import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeConsole } from './support/console.ts'
import { barriersOf, keepPicture, sidewaysOf, unreachedOf } from './support/look.ts'

/** What a caller, a neighbour or a file could have put into a field. */
const HOSTILE = [
  '<img src=x onerror="document.title=1">',
  '"><script>document.title=1</script>',
  "'; drop table settings; --",
  '{{7*7}} ${7*7} {business',
  '=cmd|calc',
  '__proto__',
  'constructor',
  '\u202eright to left',
  '😀'.repeat(20),
  'x'.repeat(5_000),
]

const TABS = [
  'basics',
  'hours',
  'people',
  'answers',
  'assistants',
  'messages',
  'outbound',
  'versions',
  'text',
  'set-up/name',
]

const saved = (page: Page) => page.getByText(/^saved \d/).waitFor()

/** Fills a field in and waits until the draft with it is saved. */
const fill = async (page: Page, field: Locator, text: string) => {
  const answered = page.waitForResponse((response) => response.request().method() === 'PUT' && response.ok())
  // It is waited for below; a field that is not there fails the test first.
  answered.catch(() => {})
  await field.fill(text)
  await field.blur()
  await answered
  await saved(page)
}

const next = (page: Page) => page.getByRole('button', { name: /^Next:/ }).click()

const publish = async (page: Page, note: string) => {
  await page.getByRole('button', { name: 'Publish…' }).last().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(/^A note/).fill(note)
  await dialog.getByRole('button', { name: 'Publish', exact: true }).click()
  await page.getByText('It counts from the next call.').first().waitFor()
  await dialog.waitFor({ state: 'hidden' })
}

describeConsole('business', (opened) => {
  const ask = async (method: string, path: string, body?: object) => (await opened.world.admin(method, path, body)).body
  const draft = async () =>
    (await ask('GET', '/settings/draft')) as { document: { business: { closures?: unknown[] } } }

  it('somebody who does not program sets a business up, from nothing to a publication', async () => {
    const page = await opened.open('/business', { as: 'manager', expects: [/test-calls/] })
    await page.getByText('0 of 9 done').waitFor()
    await page.getByRole('link', { name: /Template to begin with/ }).click()
    await page.getByRole('button', { name: /Restaurant/ }).click()
    await fill(page, page.getByLabel('Name of the business'), 'Salt and Fig')
    await fill(page, page.getByRole('combobox', { name: 'Time zone' }), 'America/Denver')
    await next(page)
    await page.getByRole('button', { name: 'Open on Monday' }).click()
    await next(page)
    await fill(page, page.getByLabel('Name, as callers hear it'), 'the kitchen')
    await page.getByLabel('Telephone').clear()
    await page.getByLabel('Telephone').pressSequentially('415 555 2671')
    await page.getByText('Understood as +1 415 555 2671').waitFor()
    await page.getByLabel('Telephone').blur()
    await next(page)
    await fill(
      page,
      page.getByRole('textbox', { name: 'Greeting' }),
      '{timeOfDay}, {business}. The assistant is speaking.',
    )
    await page.getByText('“Good morning, Salt and Fig. The assistant is speaking.”').waitFor()
    await next(page)
    await fill(page, page.getByLabel('The assistant says').first(), 'On the street, it is free.')
    await next(page)
    await page.getByRole('button', { name: 'Try the draft ☎' }).first().click()
    const phone = page.getByRole('region', { name: 'Softphone' })
    await phone.getByRole('button', { name: 'Call and type' }).click()
    await phone
      .getByText(/Salt and Fig\. The assistant is speaking/)
      .first()
      .waitFor({ timeout: 60_000 })
    await phone.getByRole('button', { name: 'Hang up' }).click()
    await phone.getByRole('button', { name: 'Close the softphone' }).click()
    await next(page)
    await next(page)
    expect(await draft()).toMatchObject({
      document: {
        business: { name: 'Salt and Fig', hours: { mon: '09:00-17:00' } },
        routes: { host: { label: 'the kitchen', number: '+14155552671' } },
      },
    })
    await publish(page, 'First version')
    expect(await ask('GET', '/settings')).toMatchObject({ version: 1, source: 'stored', hasDraft: false })
  })

  it('a holiday is entered from a phone in a few taps', async () => {
    const page = await opened.open('/business/hours', { width: 390, as: 'manager', expects: [/test-calls/] })
    await page.getByRole('button', { name: '+ Add closed days' }).click()
    const first = page.locator('[data-first]').last()
    await fill(page, first, '2027-05-03')
    await page.getByText('next closed day', { exact: false }).waitFor()
    expect(await sidewaysOf(page)).toBe(0)
    await publish(page, 'Holiday')
    expect(JSON.stringify(await ask('GET', '/settings'))).toContain('2027-05-03')
  })

  it('closed days are pasted, and what is no date is named', async () => {
    const page = await opened.open('/business/hours', { as: 'manager', expects: [/test-calls/] })
    await page.getByRole('button', { name: 'Paste dates' }).click()
    await page.getByLabel(/^One closure a line/).fill('24 Dec 2028 – 26 Dec 2028 Christmas\nsome day')
    await page.getByText('Not understood: some day').waitFor()
    await page.getByRole('button', { name: 'Add 1 closure' }).click()
    await saved(page)
    expect((await draft()).document.business.closures).toContainEqual({
      from: '2028-12-24',
      to: '2028-12-26',
      reason: 'Christmas',
    })
    await page.getByRole('button', { name: 'Discard' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
    await page.getByText('Callers hear what stands here').waitFor()
  })

  it('two people edit at once: what is apart is put together, and what is the same is asked about', async () => {
    const expects = [/409/, /test-calls/]
    const one = await opened.open('/business/basics', { as: 'manager', expects })
    await fill(one, one.getByLabel('Address'), '1 First Street')
    const other = await opened.open('/business/basics', { as: 'owner', expects })
    await other.getByText('manager-in-test is editing since').waitFor()
    await fill(one, one.getByLabel('Website'), 'one.example')
    await fill(other, other.getByLabel('Name', { exact: true }), 'Salt & Fig')
    expect((await draft()).document.business).toMatchObject({ website: 'one.example', name: 'Salt & Fig' })
    await fill(one, one.getByLabel('Address'), '2 Second Street')
    await other.getByLabel('Address').fill('3 Third Street')
    await other.getByLabel('Address').blur()
    const dialog = other.getByRole('dialog', { name: 'manager-in-test has changed the same' })
    await dialog.getByText('2 Second Street').waitFor()
    await keepPicture(other, 'business-conflict')
    await dialog.getByLabel(/^Mine/).check()
    await dialog.getByRole('button', { name: 'Go on with these' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await saved(other)
    expect((await draft()).document.business).toMatchObject({ website: 'one.example', address: '3 Third Street' })
  })

  it('what is wrong stands under its field and in a list that leads there; a call that is up keeps its settings', async () => {
    const page = await opened.open('/business/people', { as: 'manager', expects: [/test-calls/] })
    const call = opened.world.twilio.placeCall({
      to: opened.world.numbers.receptionist,
      from: '+14155550199',
      script: [],
    })
    await opened.world.said(call, /Fig/)
    await page.getByLabel('Telephone').first().fill('12')
    await page.getByLabel('Telephone').first().blur()
    await page
      .getByText(/write it in E\.164 form/)
      .first()
      .waitFor()
    await page.getByRole('link', { name: 'Answers' }).click()
    await page.getByRole('button', { name: /to mend/ }).click()
    await page.getByRole('link', { name: /Must be mended: Departments/ }).click()
    await page.waitForFunction(() => document.activeElement?.id === 'at-routes.host.number')
    await fill(page, page.getByLabel('Telephone').first(), '415 555 2672')
    await publish(page, 'While somebody calls')
    const { calls } = (await ask('GET', '/calls')) as { calls: { settingsVersion?: number }[] }
    expect(calls[0]?.settingsVersion).toBe(2)
    call.hangUp()
  })

  it('hostile text stays text in every field, and everything can be read and reached', async () => {
    const page = await opened.open('/business/basics', { as: 'manager', expects: [/test-calls/, /422/] })
    const title = await page.title()
    for (const tab of TABS) {
      await page.goto(`${opened.world.publicUrl}/console/business/${tab}`)
      await page.waitForLoadState('networkidle')
      for (const [width, colorScheme] of [
        [1280, 'light'],
        [390, 'dark'],
      ] as const) {
        await page.setViewportSize({ width, height: 844 })
        await page.emulateMedia({ colorScheme })
        expect(await barriersOf(page), `${tab} at ${width}`).toEqual([])
        await keepPicture(page, `business-${tab.replace('/', '-')}-${width}-${colorScheme}`)
      }
      expect(await unreachedOf(page), `${tab} by keyboard`).toEqual([])
      await page.setViewportSize({ width: 320, height: 640 })
      expect(await sidewaysOf(page), `${tab} scrolls sideways`).toBe(0)
    }
    await page.setViewportSize({ width: 1280, height: 800 })
    for (const tab of ['basics', 'people', 'answers', 'messages']) {
      await page.goto(`${opened.world.publicUrl}/console/business/${tab}`)
      const fields = page.locator('main :is(input:not([type]), input[type=tel], textarea):visible:enabled')
      if (tab === 'messages') await page.getByRole('button', { name: '+ Add address' }).click()
      await fields.first().waitFor()
      for (let at = 0; at < (await fields.count()); at++) {
        const text = HOSTILE[at % HOSTILE.length]!
        await fields.nth(at).fill(text)
        await fields.nth(at).blur()
      }
      await page.waitForTimeout(800)
      expect(await page.locator('main img, main script').count()).toBe(0)
      expect(await page.title()).toContain('Business')
    }
    expect(title).toContain('Business')
    expect(await ask('POST', '/settings/publish', {})).toMatchObject({ error: { code: 'settings_invalid' } })
    await page.getByRole('button', { name: 'Discard' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
    await page.getByText('Callers hear what stands here').waitFor()
  })
})

import { expect, it } from 'vitest'
import { describeConsole } from './support/console.ts'
import { barriersOf, keepPicture } from './support/look.ts'

/** A request without a session, and the feed of a session that has ended. */
const REFUSED = [/401/, /ERR_INCOMPLETE_CHUNKED_ENCODING/]

describeConsole('signing in', (opened) => {
  it('refuses a wrong key in words, and shows the page of the address for a right one', async () => {
    const page = await opened.open('/messages', { as: 'nobody', expects: REFUSED })
    expect(await page.locator('h1').textContent()).toBe('Sign in')
    await page.getByLabel('Your key').fill('not-a-key-of-anybody')
    await page.keyboard.press('Enter')
    await page.getByText('This key opens nothing here').waitFor()
    expect(await page.getByLabel('Your key').getAttribute('aria-invalid')).toBe('true')
    expect(await barriersOf(page)).toEqual([])
    await keepPicture(page, 'sign-in-1280-light')
    await page.getByLabel('Your key').fill(await opened.keyOf('operator'))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Messages', level: 1 }).waitFor()
  })

  it('shows a role only what it may use', async () => {
    const page = await opened.open('/business', { as: 'viewer' })
    expect(await page.locator('h1').textContent()).toBe('Not for you')
    const links = await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allTextContents()
    expect(links).toContain('Calls')
    expect(links.filter((link) => ['Try it', 'Business'].includes(link))).toEqual([])
  })

  it('asks again when the session is over, and goes on where somebody was', async () => {
    const page = await opened.open('/calls?problem=any', { as: 'operator', expects: REFUSED })
    await page.evaluate(async () => {
      await fetch('/session', { method: 'DELETE' })
    })
    await page.getByRole('link', { name: 'Home' }).first().click()
    await page.getByText('You were signed out').waitFor()
    await page.getByLabel('Your key').fill(await opened.keyOf('operator'))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/console/')
  })

  it('signs out, and lists shortcuts under a key that can be switched off', async () => {
    const page = await opened.open('/', { expects: REFUSED })
    await page.keyboard.press('?')
    await page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor()
    expect(await barriersOf(page)).toEqual([])
    await keepPicture(page, 'shortcuts-1280-light')
    await page.getByLabel('Use these shortcuts').uncheck()
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Your key').waitFor()
  })

  it('has every page under More on a phone', async () => {
    const page = await opened.open('/', { width: 390 })
    await page.getByRole('button', { name: 'More' }).click()
    const more = page.getByRole('navigation', { name: 'More pages' })
    await more.waitFor()
    expect(await barriersOf(page)).toEqual([])
    await keepPicture(page, 'more-390')
    await more.getByRole('link', { name: 'Numbers' }).click()
    await page.getByRole('heading', { name: 'Numbers', level: 1 }).waitFor()
    expect(await more.isVisible()).toBe(false)
  })
})

import { mkdirSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** What axe finds wrong with a page, a line each; `only` names rules. */
export const barriersOf = async (page: Page, only?: readonly string[]): Promise<string[]> => {
  const builder = new AxeBuilder({ page }).setLegacyMode(true)
  const { violations } = await (only ? builder.withRules([...only]) : builder).analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ''}`),
  )
}

/** By how many pixels a page can be scrolled sideways. */
export const sidewaysOf = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

/** Controls that Tab never reaches, a line each. */
export const unreachedOf = async (page: Page): Promise<string[]> => {
  await page.evaluate(() => {
    const controls = 'a[href], button, input, select, textarea, summary, [tabindex="0"]'
    const isShown = (element: HTMLElement) => element.checkVisibility({ visibilityProperty: true })
    const groups = new Set<string>()
    for (const element of document.querySelectorAll<HTMLElement>(controls)) {
      if (!isShown(element) || element.matches(':disabled, [tabindex="-1"]') || element.closest('[inert]')) continue
      // Of a group of choices Tab reaches one; the arrows reach the others.
      const { type, name } = element as HTMLInputElement
      if (type === 'radio' && groups.has(name)) continue
      if (type === 'radio') groups.add(name)
      element.dataset['unreached'] = 'true'
    }
    document.addEventListener('focusin', ({ target }) => delete (target as HTMLElement).dataset['unreached'])
    if (document.activeElement instanceof HTMLElement) {
      delete document.activeElement.dataset['unreached']
      document.activeElement.blur()
    }
  })
  const left = () => page.locator('[data-unreached]').count()
  for (let pressed = 0, most = (await left()) * 2 + 30; pressed < most; pressed += 10) {
    // oxlint-disable-next-line no-await-in-loop -- one key after the other
    for (let key = 0; key < 10; key++) await page.keyboard.press('Tab')
    // oxlint-disable-next-line no-await-in-loop -- as above
    if ((await left()) === 0) break
  }
  return page
    .locator('[data-unreached]')
    .evaluateAll((elements) => elements.map((element) => element.outerHTML.slice(0, 160)))
}

/** Keeps a picture of a page in the folder that `SCREENSHOTS` names, to be looked at; without one it does nothing. */
export const keepPicture = async (page: Page, name: string): Promise<void> => {
  const folder = process.env.SCREENSHOTS
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true })
}

import { expect, it } from 'vitest'
import { describeConsole } from './support/console.ts'
import { barriersOf, keepPicture, sidewaysOf, unreachedOf } from './support/look.ts'

const PAGES = [
  '/',
  '/live',
  '/calls',
  '/messages',
  '/try',
  '/numbers',
  '/business',
  '/customers',
  '/outbound',
  '/quality',
  '/system',
] as const

const nameOf = (path: string): string => (path === '/' ? 'home' : path.slice(1))

describeConsole('every page', (opened) => {
  it.each(PAGES)('%s can be read and used by everybody, at both sizes, light and dark', async (path) => {
    const page = await opened.open(path, { expects: [/test-calls/] })
    const isQuiet = () => page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => {})
    await isQuiet()
    for (const [width, height] of [
      [1280, 800],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        // What a colour scheme does to shapes is nothing.
        const only = (width === 1280) === (colorScheme === 'light') ? undefined : ['color-contrast']
        expect(await barriersOf(page, only), `${path} ${width} ${colorScheme}`).toEqual([])
        await keepPicture(page, `${nameOf(path)}-${width}-${colorScheme}`)
      }
      expect(await unreachedOf(page), `${path} by keyboard at ${width}`).toEqual([])
    }
    await page.setViewportSize({ width: 320, height: 640 })
    expect(await sidewaysOf(page), `${path} scrolls sideways`).toBe(0)
  })
})

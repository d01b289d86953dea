import { beforeAll, expect, it } from 'vitest'
import { describeConsole } from './support/console.ts'
import { barriersOf, keepPicture, sidewaysOf, unreachedOf } from './support/look.ts'

const PAGES = [
  '/',
  '/live',
  '/calls',
  '/calls/ID',
  '/messages',
  '/try',
  '/numbers',
  '/business',
  '/customers',
  '/outbound',
  '/quality',
  '/system',
] as const

const SETTLED_AFTER_MS = 1_000

const nameOf = (path: string): string => (path === '/' ? 'home' : path.slice(1).replace('/', '-'))

describeConsole('every page', (opened) => {
  let callId: string
  beforeAll(async () => {
    const { world } = opened
    const call = world.twilio.placeCall({
      to: world.numbers.receptionist,
      from: '+14155550199',
      script: [{ say: 'can I leave a message for Anna' }, { say: 'goodbye' }],
    })
    await call.ended
    ;({ callId } = await world.story(call))
  })

  it.each(PAGES)('%s can be read and used by everybody, at both sizes, light and dark', async (path) => {
    const page = await opened.open(path.replace('ID', callId))
    // The feed keeps the network busy; what a page reads at first is there by then.
    await page.waitForTimeout(SETTLED_AFTER_MS)
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

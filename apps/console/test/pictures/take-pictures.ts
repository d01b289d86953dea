/// <reference lib="dom" />
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startWorld, type World } from '@llc-phone/gateway/testing'
import { chromium, type Browser, type Page } from 'playwright-core'
import { CHROMIUM_FLAGS, chromiumPath } from '../browser/support/chromium.ts'
import { goTo, openProfile, signIn } from '../browser/support/open-page.ts'
import { startBusinessDay, type BusinessDay } from './business-day.ts'
import { stopClock } from './clock.ts'
import { keptPictures } from './kept-pictures.ts'
import { NOW, ZONE } from './moments.ts'
import { scenesOf, type Scene } from './scenes.ts'

/**
 * Takes a picture of every page of the console, at both sizes, light and dark, of a gateway in the middle of a working day:
 * `pnpm run screenshots`. Build the console first. The clock stands still, so that the same pages give the same pictures.
 */

const HELP = `Takes pictures of every page of the console.

  --out FOLDER     where they go (pictures)
  --only A,B       only scenes whose name begins with one of these
  --width PIXELS   only this width (1280 or 390)
  --theme THEME    only light, or only dark
  --docs           those that the documentation keeps, where it keeps them
`

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'pictures' },
    only: { type: 'string' },
    width: { type: 'string' },
    theme: { type: 'string' },
    docs: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const DOCS = fileURLToPath(new URL('../../../../docs/pictures/', import.meta.url))
/** Of WebP, from 0 to 1: letters are sharp, and a page has some 40 kB. */
const QUALITY = 0.75

/** What a page reads at first is there by then; the feed keeps the network busy. */
const SETTLED_AFTER_MS = 900
/** The class of what stands for something that is being read. */
const STILL_READING = '[class*="_reading_"]'
const LIVE_FOR_MS = 75_000

/** What is pictured of a scene. */
interface Variant {
  readonly width: 1280 | 390
  readonly theme: 'light' | 'dark'
}

const variants: readonly Variant[] = ([1280, 390] as const)
  .flatMap((width) => (['light', 'dark'] as const).map((theme) => ({ width, theme })))
  .filter(({ width, theme }) => (values.width ?? String(width)) === String(width) && (values.theme ?? theme) === theme)

const variantsOf = ({ name, onlyWidth }: Scene): readonly Variant[] => {
  const kept = keptPictures.filter(({ scene }) => scene === name)
  return variants.filter(
    ({ width, theme }) =>
      (onlyWidth ?? width) === width &&
      (!values.docs || kept.some((each) => each.width === width && each.themes.includes(theme))),
  )
}

/** Two callers who are being talked to. Resolves to the id of the first call. */
const startLiveCalls = async ({ twilio, numbers, story, said }: World): Promise<string> => {
  const place = async (to: string, from: string, line: string, agoMs: number) => {
    stopClock([NOW - agoMs])
    const call = twilio.placeCall({ to, from, script: [{ say: line }], maxSilenceMs: 600_000, maxCallMs: 600_000 })
    await call.seen('twiml')
    return call
  }
  const first = await place(numbers.csr, '+14155550199', 'when is my next appointment', LIVE_FOR_MS)
  const second = await place(numbers.receptionist, '+16175550142', 'how do I find your office', 22_000)
  stopClock([NOW])
  await said(first, /next appointment is/)
  await said(second, /red bridge|Harbor Street/).catch(() => {})
  return (await story(first)).callId
}

/** Draws a picture again as WebP: a browser is the encoder that is there anyway. */
const webpOf = async (page: Page, png: Buffer): Promise<Buffer> => {
  const text = await page.evaluate(
    async ({ address, share }) => {
      const image = await createImageBitmap(await (await fetch(address)).blob())
      const canvas = new OffscreenCanvas(image.width, image.height)
      canvas.getContext('2d')!.drawImage(image, 0, 0)
      const blob = await canvas.convertToBlob({ type: 'image/webp', quality: share })
      const bytes = new Uint8Array(await blob.arrayBuffer())
      let binary = ''
      for (const byte of bytes) binary += String.fromCharCode(byte)
      return btoa(binary)
    },
    { address: `data:image/png;base64,${png.toString('base64')}`, share: QUALITY },
  )
  return Buffer.from(text, 'base64')
}

const photographer = async (browser: Browser) => {
  const developer = values.docs ? await browser.newPage() : undefined
  const folder = values.docs ? DOCS : values.out
  mkdirSync(folder, { recursive: true })
  return async (page: Page, name: string): Promise<void> => {
    const png = await page.screenshot({ fullPage: !values.docs, animations: 'disabled', caret: 'hide' })
    const file = join(folder, name)
    if (developer) writeFileSync(`${file}.webp`, await webpOf(developer, png))
    else writeFileSync(`${file}.png`, png)
  }
}

const takeAll = async (browser: Browser, day: BusinessDay, empty: World): Promise<void> => {
  const take = await photographer(browser)
  await empty.admin('POST', '/people', { name: 'Anna Meyer', role: 'owner' })
  const { body } = await empty.admin('POST', `/people/${encodeURIComponent('Anna Meyer')}/keys`, {})
  // One session for all: a key has only so many.
  const here = await signIn(day.world.publicUrl, day.staff.anna)
  const there = await signIn(empty.publicUrl, (body as { key: string }).key)
  const names = values.only?.split(',')
  const isWanted = (scene: Scene): boolean =>
    variantsOf(scene).length > 0 && (!names || names.some((begin) => scene.name.startsWith(begin)))
  // Known only when the calls are up; the names do not depend on it.
  const needsLive = scenesOf(day, '').some((scene) => scene.isMoving && isWanted(scene))
  const liveCallId = needsLive ? await startLiveCalls(day.world) : ''
  const picture = async (scene: Scene, { width, theme }: Variant): Promise<void> => {
    const { publicUrl } = scene.of === 'empty' ? empty : day.world
    const session = scene.isSignedOut ? undefined : scene.of === 'empty' ? there : here
    const context = await openProfile(browser, { width, theme, session, zone: ZONE, language: 'en-US' })
    const name = `${scene.name}-${width}-${theme}`
    try {
      await context.addInitScript(stopClock, [NOW, scene.clockRuns === true] as const)
      const page = await context.newPage()
      page.setDefaultTimeout(20_000)
      page.on('pageerror', (error) => console.error(`${name}: ${error.message}`))
      if (values.docs && width === 1280 && scene.height !== undefined)
        await page.setViewportSize({ width, height: scene.height })
      await goTo(page, publicUrl, scene.path)
      await page.waitForTimeout(SETTLED_AFTER_MS)
      await page.locator(STILL_READING).first().waitFor({ state: 'detached' })
      await scene.act?.(page)
      if (scene.act) await page.waitForTimeout(SETTLED_AFTER_MS / 3)
      await take(page, name)
    } catch (error) {
      process.exitCode = 1
      console.error(`${name}: ${String(error)}`)
    } finally {
      await context.close()
    }
  }
  for (const scene of scenesOf(day, liveCallId).filter(isWanted)) {
    const begun = performance.now()
    if (scene.isMoving)
      // oxlint-disable-next-line no-await-in-loop -- one scene after the other
      await Promise.all(variantsOf(scene).map((variant) => picture(scene, variant)))
    else
      // oxlint-disable-next-line no-await-in-loop -- a machine has few processors
      for (const variant of variantsOf(scene)) await picture(scene, variant)
    console.log(`${scene.name}  ${((performance.now() - begun) / 1_000).toFixed(1)} s`)
  }
}

const main = async (): Promise<void> => {
  const executablePath = chromiumPath()
  if (!executablePath) throw new Error('There is no Chromium: set CHROMIUM_PATH.')
  const day = await startBusinessDay()
  const empty = await startWorld({ dialect: 'ga' })
  const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_FLAGS] })
  try {
    await takeAll(browser, day, empty)
  } finally {
    await browser.close()
    await empty.close()
    await day.close()
  }
}

if (values.help) console.log(HELP)
else await main()

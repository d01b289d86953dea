import { startWorld, type World } from '@llc-phone/gateway/testing'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import { CHROMIUM_FLAGS, chromiumPath } from './chromium.ts'
import { goTo, openProfile, signIn } from './open-page.ts'

/** How a page is opened. */
export interface Opening {
  /** CSS pixels; 1280 when nothing is said. */
  readonly width?: number
  readonly theme?: 'light' | 'dark'
  /** The time zone of the browser, as IANA names it; that of the machine when nothing is said. */
  readonly zone?: string
  /** Where the console is reached, when that is not the gateway itself. */
  readonly by?: string
  /** The owner when nothing is said; `nobody` is not signed in. */
  readonly as?: 'viewer' | 'operator' | 'manager' | 'owner' | 'nobody'
  /** Errors that the browser reports and this test expects: a refused request is one. */
  readonly expects?: readonly RegExp[]
}

/** The console of a gateway between a simulated Twilio and a simulated model, in a browser. */
export interface TestedConsole {
  readonly world: World
  readonly browser: Browser
  /** Opens an address below `/console`, in a browser profile of its own. */
  open(path: string, opening?: Opening): Promise<Page>
  /** A key of somebody who has this role. */
  keyOf(role: 'viewer' | 'operator' | 'manager' | 'owner'): Promise<string>
}

type WorldOptions = Partial<Parameters<typeof startWorld>[0]>

/** What the browser finds wrong: errors in scripts, on its console (it reports there what the page's policy refuses), and answers that failed. */
const watch = (page: Page, expects: readonly RegExp[], faults: string[]): void => {
  const add = (fault: string) => void (expects.some((expected) => expected.test(fault)) || faults.push(fault))
  page.on('pageerror', (error) => add(`error in the page: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return
    add(`${message.type()}: ${message.text()} ${message.location().url}`)
  })
}

const startConsole = async (options: WorldOptions, flags: readonly string[]) => {
  const executablePath = chromiumPath()!
  const [world, browser] = await Promise.all([
    startWorld({ dialect: 'ga', ...options }),
    chromium.launch({ executablePath, args: [...CHROMIUM_FLAGS, ...flags] }),
  ])
  const keys = new Map<string, Promise<string>>()
  const keyOf = (role: string): Promise<string> => {
    const asked =
      keys.get(role) ??
      (async () => {
        const name = `${role}-in-test`
        await world.admin('POST', '/people', { name, role })
        const { body } = await world.admin('POST', `/people/${name}/keys`, {})
        return (body as { key: string }).key
      })()
    keys.set(role, asked)
    return asked
  }
  const contexts = new Set<BrowserContext>()
  const faults: string[] = []
  return {
    world,
    browser,
    keyOf,
    faults,
    async open(path: string, opening: Opening = {}) {
      const { width = 1280, theme = 'light', zone, by = world.publicUrl, as = 'owner', expects = [] } = opening
      const session = as === 'nobody' ? undefined : await signIn(world.publicUrl, await keyOf(as))
      const context = await openProfile(browser, { width, theme, session, ...(zone ? { zone } : {}) })
      contexts.add(context)
      const page = await context.newPage()
      watch(page, expects, faults)
      await goTo(page, by, path)
      return page
    },
    async closePages() {
      await Promise.all([...contexts].map((context) => context.close()))
      contexts.clear()
    },
    async close() {
      await browser.close()
      await world.close()
    },
  }
}

/**
 * Describes tests of the console in a browser: one browser and one gateway for all of them, started before the first. What
 * the browser reports as an error fails the test in which it happens. Left out without a Chromium.
 */
export const describeConsole = (
  name: string,
  tests: (opened: TestedConsole) => void,
  options: WorldOptions & { readonly flags?: readonly string[] } = {},
): void => {
  const { flags = [], ...worldOptions } = options
  describe.skipIf(!chromiumPath())(name, () => {
    let started: Awaited<ReturnType<typeof startConsole>>
    beforeAll(async () => {
      started = await startConsole(worldOptions, flags)
    })
    afterEach(async () => {
      await started.closePages()
      const found = started.faults.splice(0)
      expect(found, 'what the browser has reported').toEqual([])
    })
    afterAll(() => started.close())
    tests({
      get world() {
        return started.world
      },
      get browser() {
        return started.browser
      },
      open: (path, opening) => started.open(path, opening),
      keyOf: (role) => started.keyOf(role),
    })
  })
}

import type { Browser, BrowserContext, Page } from 'playwright-core'

/** What a browser keeps that is signed in. */
export type SessionCookie = Awaited<ReturnType<typeof signIn>>

/** How a browser profile looks at a page, and who is signed in there. */
export interface Profile {
  /** CSS pixels. */
  readonly width: number
  readonly theme: 'light' | 'dark'
  /** Of whoever is signed in; nobody without one. */
  readonly session?: SessionCookie | undefined
  /** Of the browser; those of the machine when nothing is said. */
  readonly zone?: string
  readonly language?: string
}

const HEIGHTS: Readonly<Record<number, number>> = { 390: 844, 320: 640 }

/** Signs in as a page does, and gives the cookie to keep: without an end, because a test may have a clock of its own. Throws when the key is refused. */
export const signIn = async (publicUrl: string, key: string) => {
  const answer = await fetch(`${publicUrl}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ key }),
  })
  if (!answer.ok) throw new Error(`Signing in answered ${answer.status}: ${await answer.text()}`)
  const [name = '', value = ''] = answer.headers.getSetCookie()[0]!.split(';')[0]!.split('=')
  return { name, value, url: publicUrl, httpOnly: true, sameSite: 'Strict' } as const
}

/** A browser profile of its own. */
export const openProfile = async (
  browser: Browser,
  { width, theme, session, zone, language }: Profile,
): Promise<BrowserContext> => {
  const context = await browser.newContext({
    viewport: { width, height: HEIGHTS[width] ?? 800 },
    colorScheme: theme,
    reducedMotion: 'reduce',
    hasTouch: width < 720,
    permissions: ['microphone'],
    ...(zone === undefined ? {} : { timezoneId: zone }),
    ...(language === undefined ? {} : { locale: language }),
  })
  if (session !== undefined) await context.addCookies([session])
  return context
}

/** Opens an address below `/console` and waits for its heading. */
export const goTo = async (page: Page, publicUrl: string, path: string): Promise<void> => {
  await page.goto(`${publicUrl}/console${path}`)
  await page.locator('h1').waitFor()
}

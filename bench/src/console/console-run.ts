import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core'
import { ADMIN_TOKEN, gatewayEnv } from '../process/gateway-env.ts'
import { freePort, gatewayProgram, sourceOf, start, stop, untilReady } from '../process/processes.ts'
import { CHROMIUM_FLAGS } from './chromium.ts'

/** No server is needed there: nobody calls. */
const NOBODY = '127.0.0.1:9'
const CALLS = 50
const EVENTS_PER_SECOND = 20
const WATCH_MS = 10_000
const HOUR_EVENTS = EVENTS_PER_SECOND * 3_600
/** Few enough that a frame has no more to do than when a page comes back to a busy feed. */
const PLAYED_PER_SECOND = 1_200
const USABLE_LIMIT_MS = 30_000
const SLOWED = 4

/** One load of the page of live calls by a browser that has just been started, in ms from the request. */
export interface ColdStart {
  readonly paintMs: number
  readonly usableMs: number
}

/** How a page of many live calls ran. */
export interface Smoothness {
  readonly framesPerSecond: number
  /** Tasks of more than 50 ms. */
  readonly longTasksMs: readonly number[]
  /** The page's own processor time for an event, the clocks of its rows included: waiting for a core is not in it. */
  readonly eventCpuMs: number
}

export interface Heap {
  /** In use after garbage collection, when the calls are shown, and when an hour of them has been. */
  readonly beforeBytes: number
  readonly afterBytes: number
  readonly nodesBefore: number
  readonly nodesAfter: number
}

/** What a browser shows of the console. */
export interface ConsoleFigures {
  readonly cold: readonly ColdStart[]
  readonly coldSlowed: readonly ColdStart[]
  readonly live: Smoothness
  readonly liveSlowed: Smoothness
  readonly hour: Heap
}

interface Opening {
  readonly width: number
  readonly height: number
  readonly isSlowed: boolean
  readonly hasFakeCalls: boolean
}

const IN_PAGE = readFileSync(sourceOf('console/in-page.js'), 'utf8')

/** A page that is signed in, before it goes anywhere. */
const preparePage = async (browser: Browser, origin: string, { width, height, ...opening }: Opening) => {
  const context = await browser.newContext({ viewport: { width, height } })
  const signedIn = await context.request.post(`${origin}/session`, {
    data: { key: ADMIN_TOKEN },
    headers: { 'sec-fetch-site': 'same-origin' },
  })
  if (!signedIn.ok()) throw new Error(`Signing in was answered by ${signedIn.status()}.`)
  const page = await context.newPage()
  const fake = JSON.stringify({ count: CALLS, perSecond: EVENTS_PER_SECOND })
  // A block of its own: its names are not the page's.
  await page.addInitScript(`{ ${opening.hasFakeCalls ? `globalThis.fakeCalls = ${fake};` : ''}\n${IN_PAGE} }`)
  const inspector = await context.newCDPSession(page)
  if (opening.isSlowed) await inspector.send('Emulation.setCPUThrottlingRate', { rate: SLOWED })
  return { context, page, inspector }
}

const measureColdStart = async (executablePath: string, origin: string, opening: Opening): Promise<ColdStart> => {
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS })
  try {
    const { page } = await preparePage(browser, origin, opening)
    await page.goto(`${origin}/console/live`)
    const usableMs = await Promise.race([
      page.evaluate<number>('bench.usableAtMs'),
      wait(USABLE_LIMIT_MS, undefined, { ref: false }).then(() => {
        throw new Error(`The list of live calls is not there after ${USABLE_LIMIT_MS / 1_000} s.`)
      }),
    ])
    // The paint is reported a frame later.
    const paintMs = await page.evaluate<number>(
      `new Promise((resolve) => new PerformanceObserver((list) => list.getEntriesByName('first-contentful-paint').forEach(({ startTime }) => resolve(startTime))).observe({ type: 'paint', buffered: true }))`,
    )
    return { paintMs, usableMs }
  } finally {
    await browser.close()
  }
}

const openLive = async (browser: Browser, origin: string, isSlowed: boolean) => {
  const opened = await preparePage(browser, origin, { width: 1_280, height: 800, isSlowed, hasFakeCalls: true })
  await opened.page.goto(`${origin}/console/live`)
  await opened.page
    .locator('tbody tr')
    .nth(CALLS - 1)
    .waitFor()
  await opened.page.getByText('th, please').first().waitFor()
  // What a page does when it is opened is not what it does while it is watched.
  await wait(2_000)
  return opened
}

const measureLive = async (browser: Browser, origin: string, isSlowed: boolean): Promise<Smoothness> => {
  const { context, page, inspector } = await openLive(browser, origin, isSlowed)
  await inspector.send('Performance.setTimeDomain', { timeDomain: 'threadTicks' })
  await inspector.send('Performance.enable')
  const workedMs = async (): Promise<number> => {
    const { metrics } = await inspector.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'TaskDuration')!.value * 1_000
  }
  const before = await workedMs()
  const seen = await page.evaluate<Omit<Smoothness, 'eventCpuMs'>>(`bench.watchFrames(${WATCH_MS})`)
  const eventCpuMs = ((await workedMs()) - before) / ((WATCH_MS / 1_000) * EVENTS_PER_SECOND)
  await context.close()
  return { ...seen, eventCpuMs }
}

const heapOf = async (page: Page, inspector: CDPSession) => {
  for (let round = 0; round < 3; round++) {
    await inspector.send('HeapProfiler.collectGarbage')
    await page.waitForTimeout(200)
  }
  const { usedSize } = await inspector.send('Runtime.getHeapUsage')
  const { nodes } = await inspector.send('Memory.getDOMCounters')
  return { usedSize, nodes }
}

const measureHour = async (browser: Browser, origin: string): Promise<Heap> => {
  const { context, page, inspector } = await openLive(browser, origin, false)
  const before = await heapOf(page, inspector)
  await page.evaluate(`bench.play(${HOUR_EVENTS}, ${PLAYED_PER_SECOND})`)
  await wait(1_000)
  const after = await heapOf(page, inspector)
  const rows = await page.locator('tbody tr').count()
  if (rows !== CALLS) throw new Error(`After an hour the page shows ${rows} calls.`)
  await context.close()
  return {
    beforeBytes: before.usedSize,
    afterBytes: after.usedSize,
    nodesBefore: before.nodes,
    nodesAfter: after.nodes,
  }
}

/** Starts a gateway without calls, and looks at its console in the browser of this path; each cold start is made so often. */
export const measureConsole = async (executablePath: string, loads: number): Promise<ConsoleFigures> => {
  const databaseDir = mkdtempSync(join(tmpdir(), 'llc-phone-bench-'))
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const gateway = start(
    'anywhere',
    gatewayProgram(),
    gatewayEnv(port, `ws://${NOBODY}/v1/realtime`, `http://${NOBODY}`, databaseDir),
  )
  let browser: Browser | undefined
  try {
    await untilReady(gateway, origin)
    const coldStarts = async (opening: Opening): Promise<ColdStart[]> => {
      const all: ColdStart[] = []
      for (let load = 0; load < loads; load++) all.push(await measureColdStart(executablePath, origin, opening))
      return all
    }
    console.error('  cold starts …')
    const cold = await coldStarts({ width: 1_280, height: 800, isSlowed: false, hasFakeCalls: false })
    const coldSlowed = await coldStarts({ width: 390, height: 844, isSlowed: true, hasFakeCalls: false })
    browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS })
    console.error('  fifty live calls …')
    const live = await measureLive(browser, origin, false)
    const liveSlowed = await measureLive(browser, origin, true)
    console.error('  an hour of them …')
    const hour = await measureHour(browser, origin)
    return { cold, coldSlowed, live, liveSlowed, hour }
  } finally {
    await browser?.close()
    await stop(gateway)
    rmSync(databaseDir, { recursive: true, force: true })
  }
}

import type { Page } from 'playwright-core'

interface Traced {
  readonly name: string
  readonly tdur?: number
  readonly tid: number
  readonly pid: number
}

/**
 * The longest task of a page's own thread while something is done, in ms of processor time: on a busy machine a task takes longer
 * than its work does.
 */
export const longestTaskMs = async (page: Page, during: () => Promise<void>): Promise<number> => {
  const inspector = await page.context().newCDPSession(page)
  const traced: Traced[] = []
  inspector.on('Tracing.dataCollected', ({ value }) => void traced.push(...(value as unknown as Traced[])))
  const categories = { includedCategories: ['disabled-by-default-devtools.timeline', 'devtools.timeline', 'toplevel'] }
  await inspector.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: categories })
  await during()
  const complete = new Promise((resolve) => inspector.once('Tracing.tracingComplete', resolve))
  await inspector.send('Tracing.end')
  await complete
  // The page's scripts run in tasks of the thread that runs scripts.
  const own = new Set(traced.flatMap(({ name, pid, tid }) => (name === 'FunctionCall' ? [`${pid} ${tid}`] : [])))
  const tasks = traced.filter(({ name, pid, tid }) => name === 'RunTask' && own.has(`${pid} ${tid}`))
  return Math.max(0, ...tasks.map(({ tdur = 0 }) => tdur / 1_000))
}

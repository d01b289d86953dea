import * as z from 'zod'
import type { FakeClock } from '../../src/testing/index.ts'
import { defineTool, ToolError } from '../../src/mode/tool.ts'
import { routes } from './harness.ts'

/** Tools of every kind, and what they have done. */
export const createWorks = (clock: () => FakeClock) => {
  const results: { readonly text: string; readonly atMs: number; readonly failed?: true }[] = []
  let running = 0
  const worksFor = (name: string, ms: number, result: 'spoken' | 'silent') =>
    defineTool({
      name,
      description: 'Does something.',
      input: z.strictObject({}),
      result,
      run: (_input, { signal }) =>
        new Promise((resolve, reject) => {
          running++
          const timer = clock().after(ms, () => {
            running--
            const text = `RESULT-${results.length}`
            if (result === 'spoken') results.push({ text, atMs: clock().now() })
            resolve({ text })
          })
          signal.addEventListener('abort', () => {
            running--
            timer.stop()
            reject(new Error('stopped'))
          })
        }),
    })
  const failsAfter = (name: string, ms: number) =>
    defineTool({
      name,
      description: 'Does nothing.',
      effect: 'write',
      input: z.strictObject({}),
      run: (_input, { signal }) =>
        new Promise((_resolve, reject) => {
          running++
          const stop = (cause: Error): void => {
            running--
            timer.stop()
            reject(cause)
          }
          const timer = clock().after(ms, () => {
            const text = `RESULT-${results.length}`
            results.push({ text, atMs: clock().now(), failed: true })
            stop(new ToolError(text))
          })
          signal.addEventListener('abort', () => stop(new Error('stopped')))
        }),
    })
  const leaving = (name: string, departure: 'hangUp' | 'transfer', lastWords?: 'afterwards' | 'none') =>
    defineTool({
      name,
      description: 'Leaves.',
      input: z.strictObject({}),
      run(_input, { call }) {
        if (departure === 'hangUp') call.leave({ kind: 'hangUp' }, lastWords)
        else call.leave({ kind: 'transfer', route: 'sales', ...routes.sales, reason: 'asked' }, lastWords)
        return { status: 'leaving' }
      },
    })
  const listening = (name: string, why: 'noise' | 'hold') =>
    defineTool({
      name,
      description: 'Says nothing.',
      effect: 'listen',
      input: z.strictObject({}),
      result: 'silent',
      run(_input, { call }) {
        call.keepListening(why)
        return { status: 'listening' }
      },
    })
  const tools = [
    worksFor('quick', 0, 'spoken'),
    worksFor('slow', 3_000, 'spoken'),
    worksFor('slower', 9_000, 'spoken'),
    worksFor('silent', 700, 'silent'),
    listening('listens', 'noise'),
    listening('holds', 'hold'),
    leaving('hangs_up', 'hangUp'),
    leaving('transfers', 'transfer'),
    leaving('stops', 'hangUp', 'afterwards'),
    leaving('leaves', 'hangUp', 'none'),
    failsAfter('fails', 0),
    failsAfter('fails_late', 5_500),
    defineTool({
      name: 'consults',
      description: 'Rings somebody.',
      input: z.strictObject({}),
      run(_input, { call }) {
        call.consult({ route: 'sales', ...routes.sales, introduction: 'Somebody wants to buy.' })
        return { status: 'ringing' }
      },
    }),
  ]
  return {
    tools,
    /** What was done that the caller is to be told. */
    results,
    get running() {
      return running
    },
  }
}

import { fastify } from 'fastify'
import { expect, it } from 'vitest'
import { takeTurns } from '../src/routes/take-turns.ts'

const build = async (now?: () => number) => {
  const handled: number[] = []
  const app = fastify()
  takeTurns(app, now)
  app.get('/:n', (request) => {
    handled.push(Number((request.params as { n: string }).n))
    return 'ok'
  })
  await app.ready()
  return { app, handled }
}

it('handles hundreds of requests one for each turn of the event loop, in order', async () => {
  const { app, handled } = await build()
  const mostAtOnce: number[] = []
  let before = 0
  let isOver = false
  const watch = (): void => {
    mostAtOnce.push(handled.length - before)
    before = handled.length
    if (!isOver) setImmediate(watch)
  }
  setImmediate(watch)
  const answers = await Promise.all(Array.from({ length: 300 }, (_, n) => app.inject(`/${n}`)))
  isOver = true
  expect(answers.every(({ statusCode }) => statusCode === 200)).toBe(true)
  expect(handled).toEqual(Array.from({ length: 300 }, (_, n) => n))
  expect(Math.max(...mostAtOnce)).toBeLessThanOrEqual(2)
})

it('answers hundreds before carriers give up, also where each turn takes a tenth of a second', async () => {
  let nowMs = 0
  const { app, handled } = await build(() => nowMs)
  let isOver = false
  const slow = (): void => {
    nowMs += 100
    if (!isOver) setImmediate(slow)
  }
  setImmediate(slow)
  await Promise.all(Array.from({ length: 500 }, (_, n) => app.inject(`/${n}`)))
  isOver = true
  expect(handled).toEqual(Array.from({ length: 500 }, (_, n) => n))
  expect(nowMs).toBeLessThan(10_000)
})

it('lets later requests through when the first ones are done', async () => {
  const { app, handled } = await build()
  for (let n = 0; n < 5; n++) await app.inject(`/${n}`)
  expect(handled).toEqual([0, 1, 2, 3, 4])
})

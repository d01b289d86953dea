import { afterAll, beforeAll, expect, it } from 'vitest'
import { extension, switchboard } from './support/switchboard.ts'
import { startWorld, type World } from './support/whole-call.ts'

const CALL_TIMEOUT_MS = 60_000
const desk = extension(31)

let world: World
beforeAll(async () => {
  const options = { patience: { silenceMs: 2_000, checkIns: 2 } }
  world = await startWorld({ dialect: 'ga', configure: switchboard([desk], { options }).configure })
}, 30_000)
afterAll(() => world.close())

it('asks a silent caller twice, then says goodbye and hangs up', { timeout: CALL_TIMEOUT_MS }, async () => {
  const call = world.twilio.placeCall({ to: desk.did, from: '+14155550198', maxCallMs: 50_000 })
  const result = await call.ended
  const story = await world.story(call)
  expect(story).toMatchObject({ disposition: 'assistant_hung_up' })
  expect(story.turns.map(({ text }) => text)).toEqual([
    'This is the switchboard. Whom would you like to talk to?',
    'Are you still there?',
    'Are you still there?',
    'As I cannot hear you, I will hang up now. Goodbye.',
  ])
  const stops = result.timeline.filter(({ type }) => type === 'assistant-stop')
  const ended = result.timeline.find(({ type }) => type === 'ended')!
  expect(ended.atMs).toBeGreaterThanOrEqual(stops.at(-1)!.atMs)
  expect([result.errors, result.warnings]).toEqual([[], []])
})

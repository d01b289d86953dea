import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Mode, ModeKind } from '@llc-phone/core'
import { shippedIn } from '@llc-phone/phrases'
import type { CallerStep, Faults, SimCall } from '@llc-phone/sim'
import { describe, expect, it, onTestFinished } from 'vitest'
import { configureGateway } from '../gateway.config.ts'
import { parseEnv, secretsOf } from '../src/configuration/env.ts'
import { startGateway, type GatewayOptions } from '../src/gateway.ts'
import { createLog } from '../src/watching/log.ts'
import { startWorld, type World } from './support/whole-call.ts'

/** Anna Keller in the demo data, and a number that is on nobody's file. */
const ANNA = '+14155550199'
const STRANGER = '+14155550190'
const WORDS = 'Thank you for calling Harbor Dental. You are speaking with the AI assistant. How can I direct your call?'
const SLOW_MS = 3_000
const CALL_TIMEOUT_MS = 90_000

/** The mode with another name, shield and greeting. */
const greeting = (words: () => string, name: string, mode: Mode, greetingShield: 'full' | 'off'): Mode => ({
  ...mode,
  name,
  greetingShield,
  brief: async (facts) => ({ ...(await mode.brief(facts)), greeting: words(), greetsAnybody: true }),
})

/** A gateway whose numbers greet in `words.now`, behind the shield or not, and as customer service. */
const open = async (options: { readonly faults?: (index: number) => Faults } = {}) => {
  const words = { now: WORDS }
  const configure: GatewayOptions['configure'] = async (given) => {
    const { env } = given
    const config = await configureGateway(given)
    const ivr = config.kinds.find(({ name }) => name === 'ivr')!
    const greets = (name: string, shield: 'full' | 'off'): ModeKind => ({
      ...ivr,
      name,
      make: (...parts) => greeting(() => words.now, name, ivr.make(...parts), shield),
    })
    const { menu, customerService } = config.seed.modes
    const seed = {
      ...config.seed,
      modes: {
        shielded: { ...menu, kind: 'shielded' },
        open: { ...menu, kind: 'open' },
        customerService: customerService!,
      },
      numbers: {
        ...config.seed.numbers,
        unknown: 'shielded',
        list: {
          [env.IVR_DID!]: { mode: 'shielded' },
          [env.RECEPTIONIST_DID!]: { mode: 'open' },
          [env.CSR_DID!]: { mode: 'customerService' },
        },
      },
    }
    return { ...config, kinds: [...config.kinds, greets('shielded', 'full'), greets('open', 'off')], seed }
  }
  const folder = mkdtempSync(join(tmpdir(), 'greetings-'))
  const world = await startWorld({
    dialect: 'ga',
    configure,
    faults: ({ index }) => options.faults?.(index) ?? {},
    variables: { DATABASE_URL: `file:${join(folder, 'a.db')}` },
  })
  onTestFinished(async () => {
    await world.close()
    rmSync(folder, { recursive: true, force: true })
  })
  /** The gateway is stopped, and started again with other variables. */
  const restart = async (variables: Record<string, string> = {}) => {
    await world.gateway.stop()
    const env = parseEnv({ ...world.variables, ...variables }, { mode: 'dev' })
    const log = createLog({ level: 'silent', secrets: secretsOf(env) })
    const gateway = await startGateway(env, { log, drainDeadlineMs: 0, configure })
    const stop = () => gateway.stop()
    onTestFinished(stop)
    return stop
  }
  return { world, words, restart }
}

const dial = async (world: World, to: string, script: CallerStep[], from = STRANGER) => {
  const call: SimCall = world.twilio.placeCall({ to, from, script })
  const result = await call.ended
  expect([result.errors, result.warnings]).toEqual([[], []])
  const story = await world.story(call)
  // On a busy machine the simulated model may owe something for long enough to be bridged.
  const said = story.turns
    .filter(({ speaker, text }) => speaker === 'assistant' && !phrases.has(text))
    .map(({ text }) => text)
  return { result, story, said }
}

const recorded = async (world: World) =>
  ((await world.admin('GET', '/greetings')).body as { greetings: { id: string; text: string; durationMs: number }[] })
    .greetings

const sources = async (world: World) => {
  const text = await (
    await fetch(`${world.publicUrl}/metrics`, { headers: { authorization: 'Bearer an-admin-token-for-tests' } })
  ).text()
  const count = (source: string) =>
    Number(new RegExp(`^llc_greetings_total\\{source="${source}"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0)
  return { recording: count('recording'), model: count('model') }
}

/** What the gateway asked a session for, in order. */
const askedOf = (world: World, index: number) =>
  world.model.sessions[index]!.log.entries.flatMap(({ event, from }) => (from === 'client' ? [event] : []))

const phrases = new Set(Object.values(shippedIn('en')!.phrases).map(({ text }) => text))

const hearsOut: CallerStep[] = [{ listen: true }, { say: 'goodbye' }]

describe('a greeting that any caller would hear', { timeout: CALL_TIMEOUT_MS }, () => {
  it('is recorded in one call and played in the next, while the model is still three seconds away', async () => {
    const { world } = await open({ faults: (index) => (index === 0 ? {} : { latency: { connectMs: SLOW_MS } }) })
    const first = await dial(world, world.numbers.ivr, hearsOut)
    expect(first.said[0]).toBe(WORDS)
    expect(await recorded(world)).toMatchObject([{ mode: 'shielded', text: WORDS, model: 'gpt-realtime-1.5' }])

    const { story, said, result } = await dial(world, world.numbers.ivr, [
      // Before the model is there: kept, and answered behind the greeting.
      { wait: 1_000 },
      { say: 'what are your opening hours' },
      { listen: true, quietMs: 2_500 },
      { say: 'goodbye' },
    ])
    expect(story.latency.webhook_to_model_configured![0]).toBeGreaterThanOrEqual(SLOW_MS)
    expect(story.latency.media_to_greeting_frame![0]).toBeLessThan(500)
    const entry = (type: string) => result.timeline.find((each) => each.type === type)!
    expect(entry('first-audio').atMs - entry('media-start').atMs).toBeLessThan(1_000)
    expect(said[0]).toBe(WORDS)
    expect(said).toHaveLength(3)
    expect(said.at(-1)).toMatch(/bye/i)
    expect(story.turns.filter(({ speaker }) => speaker === 'caller').map(({ text }) => text)[0]).toBe(
      'what are your opening hours',
    )
    // The model finds its greeting in the conversation, and has not been asked for one.
    const items = JSON.stringify(askedOf(world, 1).filter(({ type }) => type === 'conversation.item.create'))
    expect(items).toContain(WORDS)
    expect(items).not.toContain('Open it by saying')
    expect(story.latency.webhook_to_greeting_delta).toBeUndefined()
    expect(story.usage.output.audio).toBeLessThan(first.story.usage.output.audio * 2)
    expect(await sources(world)).toEqual({ recording: 1, model: 1 })
    expect(world.model.violations).toEqual([])
  })

  it('is generated and recorded anew when its words change, and the old recording is there when they change back', async () => {
    const { world, words } = await open()
    await dial(world, world.numbers.ivr, hearsOut)
    words.now = 'Good evening, thank you for calling Harbor Dental. How may I help you?'
    const second = await dial(world, world.numbers.ivr, hearsOut)
    expect(second.said[0]).toBe(words.now)
    expect(await sources(world)).toEqual({ recording: 0, model: 2 })
    words.now = WORDS
    const third = await dial(world, world.numbers.ivr, hearsOut)
    expect(third.said[0]).toBe(WORDS)
    expect(await sources(world)).toEqual({ recording: 1, model: 2 })
  })

  it('outlives the process, and is not played for another voice or another model', async () => {
    const { world, restart } = await open()
    await dial(world, world.numbers.ivr, hearsOut)
    let stop = await restart()
    await dial(world, world.numbers.ivr, hearsOut)
    expect(await sources(world)).toEqual({ recording: 1, model: 0 })
    await stop()
    stop = await restart({ OPENAI_VOICE: 'marin' })
    await dial(world, world.numbers.ivr, hearsOut)
    expect(await sources(world)).toEqual({ recording: 0, model: 1 })
    await stop()
    stop = await restart({ OPENAI_MODEL: 'gpt-realtime-2.1' })
    await dial(world, world.numbers.ivr, hearsOut)
    expect(await sources(world)).toEqual({ recording: 0, model: 1 })
    expect(await recorded(world)).toHaveLength(3)
  })

  it('is spoken by the model again once its recording was removed', async () => {
    const { world } = await open()
    await dial(world, world.numbers.ivr, hearsOut)
    const [{ id } = { id: '' }] = await recorded(world)
    expect(await world.admin('DELETE', `/greetings/${id}`)).toEqual({ status: 200, body: { id } })
    expect(await world.admin('DELETE', `/greetings/${id}`)).toMatchObject({ status: 404 })
    await dial(world, world.numbers.ivr, hearsOut)
    expect(await sources(world)).toEqual({ recording: 0, model: 2 })
    expect(await recorded(world)).toMatchObject([{ id }])
  })

  it('is not recorded from a call whose caller has interrupted it; a recording is interrupted like any words', async () => {
    const { world } = await open()
    const talksOver: CallerStep[] = [
      { interrupt: 'what are your opening hours', afterMs: 1_500 },
      { listen: true },
      { say: 'goodbye' },
    ]
    const first = await dial(world, world.numbers.receptionist, talksOver)
    expect(first.said[0]).toMatch(/ —$/)
    expect(await recorded(world)).toEqual([])

    await dial(world, world.numbers.receptionist, hearsOut)
    expect(await recorded(world)).toHaveLength(1)

    const third = await dial(world, world.numbers.receptionist, talksOver)
    expect(await sources(world)).toEqual({ recording: 1, model: 2 })
    expect(third.said[0]).toMatch(/^Thank you .* —$/)
    expect(third.result.timeline.some(({ type }) => type === 'clear')).toBe(true)
    const heard = third.said[0]!.replaceAll('"', "'")
    expect(JSON.stringify(askedOf(world, 2))).toContain(`only this of your greeting: \\"${heard}\\"`)
    expect(third.said).toHaveLength(3)
    expect(world.model.violations).toEqual([])
  })

  it('goes on when the model dies behind it, and so does the call', async () => {
    const { world } = await open({ faults: (index) => (index === 1 ? { expireAfterMs: 2_500 } : {}) })
    await dial(world, world.numbers.ivr, hearsOut)
    const { said } = await dial(world, world.numbers.ivr, [
      { listen: true },
      { say: 'what are your opening hours' },
      { listen: true },
      { say: 'goodbye' },
    ])
    expect(await sources(world)).toEqual({ recording: 1, model: 1 })
    expect(world.model.handshakes).toBe(3)
    // Nobody has noticed: no word about a lost connection.
    expect(said[0]).toBe(WORDS)
    expect(said).toHaveLength(3)
    expect(JSON.stringify(askedOf(world, 2))).not.toContain('The connection was lost')
  })

  it('is generated for a caller who is greeted by name, and nothing of that is stored', async () => {
    const { world } = await open()
    const script: CallerStep[] = [{ listen: true }, { say: 'thank you, goodbye' }]
    const anna = await dial(world, world.numbers.csr, script, ANNA)
    expect(anna.said[0]).toMatch(/^Hello Anna/)
    expect(await recorded(world)).toEqual([])
    await dial(world, world.numbers.csr, script)
    expect((await recorded(world)).map(({ text }) => text)).toEqual([
      expect.stringMatching(/^Hello, thank you for calling/),
    ])
    const again = await dial(world, world.numbers.csr, script, ANNA)
    expect(again.said[0]).toMatch(/^Hello Anna/)
    await dial(world, world.numbers.csr, script)
    expect(await sources(world)).toEqual({ recording: 1, model: 3 })
    expect(JSON.stringify(await recorded(world))).not.toContain('Anna')
  })
})

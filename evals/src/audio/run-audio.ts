import { setTimeout as sleep } from 'node:timers/promises'
import type { CallUsage, TokenUsage } from '@llc-phone/core'
import type { PricedCall } from '@llc-phone/gateway/call-log'
import { speak, type FarEnd, type SimCall } from '@llc-phone/sim'
import { endOf } from '../end.ts'
import { CouldNotRun, type Run, type Watch } from '../run.ts'
import { noises, type Situation, type Step } from '../situation.ts'
import type { Entry, Trace } from '../trace.ts'
import { people } from '../worlds/business.ts'
import { openWorld } from '../worlds/world.ts'
import { startSpokenWorld, type SpokenWorld } from './gateway.ts'
import { inNoise, soundOf } from './noise.ts'

/** The caller waits for an answer this long, and for the end of one this much silence. */
const ANSWER_WITHIN_MS = 12_000
const ANSWER_OVER_MS = 1_500
/** Who is not answered by the person they are put through to is back with the assistant by then. */
const RUNG_WITHIN_MS = 35_000
/** Where no answer is wanted, one would have come by then. */
const NO_ANSWER_MS = 2_500
const INTO_REPLY_MS = 600
const LOOK_EVERY_MS = 300
const MAX_CALL_MS = 300_000

/** Runs of a situation after the first have people talking behind the caller, so many decibels below them. */
const BEHIND_DB = [undefined, 15, 5] as const

const VOICE = 'rms'
/** What is said to a voicemail. */
const MESSAGE = 'This is Dana Fields, please call me back about my bill.'

const less = (one: TokenUsage, other: TokenUsage): TokenUsage => ({
  input: {
    text: one.input.text - other.input.text,
    audio: one.input.audio - other.input.audio,
    cachedText: one.input.cachedText - other.input.cachedText,
    cachedAudio: one.input.cachedAudio - other.input.cachedAudio,
  },
  output: { text: one.output.text - other.output.text, audio: one.output.audio - other.output.audio },
})

/** Tells what a call has taken since it was last looked at. */
const createMeter = (watch: Watch) => {
  let before: CallUsage | undefined
  return (now: CallUsage): void => {
    const transcription = (now.transcription ?? []).flatMap((one) => {
      const known = before?.transcription?.find(({ model }) => model === one.model)
      if (!known) return [one]
      return [
        {
          ...one,
          seconds: one.seconds - known.seconds,
          input: { text: one.input.text - known.input.text, audio: one.input.audio - known.input.audio },
          output: { text: one.output.text - known.output.text },
        },
      ]
    })
    watch.used({ ...(before ? less(now, before) : now), ...(transcription.length > 0 ? { transcription } : {}) })
    before = now
  }
}

/** How somebody behaves who is rung for the caller: an introduction is listened to before it is answered with a key. */
const farEndOf = ({ caller, mode }: Situation): FarEnd => {
  const outcome = caller.find((step) => 'person' in step)?.person ?? 'accepts'
  if (outcome === 'busy') return { outcome: 'busy' }
  if (outcome === 'no_answer') return { outcome: 'no-answer' }
  const isIntroduced = caller.some((step) => 'person' in step) && mode !== 'outbound'
  const key = outcome === 'accepts' ? '1' : '2'
  return { outcome: 'answers', ...(isIntroduced ? { script: [{ listen: true }, { dtmf: key }, { wait: 5_000 }] } : {}) }
}

/** A whole call as it is heard: spoken at 8 kHz through the gateway that ships, in real time. */
export const runAudio =
  ({ noise }: { readonly noise: boolean }): Run =>
  async (situation, target, watch) => {
    const entries: { readonly atMs: number; readonly entry: Entry }[] = []
    const note = (entry: Entry): void => void entries.push({ atMs: Date.now(), entry })
    const world = await openWorld(situation, note, { startsAt: new Date(), openToday: true })
    const theirs = farEndOf(situation)
    const spoken = await startSpokenWorld(
      world,
      target,
      (to) => (to === world.caller.number ? { outcome: 'answers' } : theirs),
      watch.leftOut,
    )
    try {
      const behindDb = noise ? BEHIND_DB[(watch.run - 1) % BEHIND_DB.length] : undefined
      return await converse({
        situation,
        spoken,
        watch,
        note,
        entries,
        behindDb,
        number: world.caller.number,
        isOurs: world.machine !== undefined,
        dialled: world.dialled,
      })
    } finally {
      await spoken.close()
      await world.close()
    }
  }

interface Talk {
  readonly situation: Situation
  readonly spoken: SpokenWorld
  readonly watch: Watch
  note(entry: Entry): void
  readonly entries: readonly { readonly atMs: number; readonly entry: Entry }[]
  readonly behindDb: number | undefined
  readonly number: string | undefined
  readonly isOurs: boolean
  readonly dialled: string
}

const legTo = async ({ carrier }: SpokenWorld, to: string): Promise<SimCall> => {
  for (let waitedMs = 0; waitedMs < ANSWER_WITHIN_MS; waitedMs += LOOK_EVERY_MS) {
    const leg = [...carrier.calls.values()].find((one) => one.to === to && one.direction === 'outbound-api')
    if (leg) return leg
    // oxlint-disable-next-line no-await-in-loop -- until it rings
    await sleep(LOOK_EVERY_MS)
  }
  throw new CouldNotRun('The call was not placed.')
}

const converse = async (talk: Talk): Promise<Trace> => {
  const { situation, spoken, watch, note, behindDb, number, isOurs, dialled } = talk
  const callId = isOurs ? await spoken.dial(number!, situation.world?.name) : undefined
  const call = isOurs
    ? await legTo(spoken, number!)
    : spoken.carrier.placeCall({
        to: dialled,
        from: number ?? 'anonymous',
        maxCallMs: MAX_CALL_MS,
        maxSilenceMs: MAX_CALL_MS,
      })
  const id = callId ?? call.sid
  const meter = createMeter(watch)
  let over = false
  const isOver = (): boolean => over
  let why: string | undefined
  void call.ended.then(() => (over = true))

  /** Looks at the call now and then: what it costs, and whether it may go on. */
  const look = async (): Promise<PricedCall | undefined> => {
    const story = await spoken.story(id)
    if (story?.usage) meter(story.usage)
    why ??= watch.stopped()
    if (why !== undefined && !isOver()) call.hangUp()
    return story
  }
  const looking = (async () => {
    while (!isOver()) {
      // oxlint-disable-next-line no-await-in-loop -- now and then
      await sleep(LOOK_EVERY_MS)
      // oxlint-disable-next-line no-await-in-loop -- now and then
      await look()
    }
  })()

  const listen = async (): Promise<void> => {
    if (isOver()) return
    await call.heardSpeech(ANSWER_WITHIN_MS)
    await call.quiet(ANSWER_OVER_MS, MAX_CALL_MS)
  }

  /** Somebody is rung, and the caller is not with the assistant meanwhile. */
  const putThrough = async (): Promise<void> => {
    while (!isOver() && ![...spoken.carrier.calls.values()].some(({ direction }) => direction === 'outbound-dial'))
      // oxlint-disable-next-line no-await-in-loop -- until it rings
      await sleep(LOOK_EVERY_MS)
  }

  /** Until whoever is rung has answered, or is rung no more; the ringing is no answer of the assistant's. */
  const rung = async (): Promise<void> => {
    const leg = [...spoken.carrier.calls.values()].findLast(({ direction }) => direction === 'outbound-dial')
    if (leg) await Promise.race([leg.ended, leg.seen('answered'), call.ended, sleep(RUNG_WITHIN_MS)])
  }

  const play = async (speech: Buffer, label: string): Promise<void> => {
    await call.play(behindDb === undefined ? speech : await inNoise(speech, behindDb), label)
  }

  const perform = async (step: Step): Promise<void> => {
    if ('say' in step) {
      note({ kind: 'caller', text: step.say })
      await play(await speak(step.say, VOICE), step.say)
    } else if ('noise' in step) {
      note({ kind: 'caller', text: noises[step.noise] })
      await call.play(await soundOf(step.noise, step.ms), noises[step.noise])
    } else if ('keys' in step) call.press(step.keys)
    else if ('silenceMs' in step) await sleep(step.silenceMs)
    else if ('person' in step) await rung()
    else if ('hangUp' in step) call.hangUp()
  }

  await Promise.all(situation.caller.flatMap((step) => ('say' in step ? [speak(step.say, VOICE)] : [])))
  if (!(await call.seen('media-start'))) throw new CouldNotRun('The call was not connected.')
  if (!isOurs) await listen()
  const { caller } = situation
  for (const [index, step] of caller.entries()) {
    if (isOver()) break
    const next = caller[index + 1]
    if ('say' in step && step.during !== undefined) {
      // oxlint-disable-next-line no-await-in-loop -- one step after the other
      await call.heardSpeech(ANSWER_WITHIN_MS)
      // oxlint-disable-next-line no-await-in-loop -- one step after the other
      await sleep(INTO_REPLY_MS)
    }
    note({ kind: 'step', index })
    // oxlint-disable-next-line no-await-in-loop -- one step after the other
    await perform(step)
    if (next && 'say' in next && next.during !== undefined) continue
    // oxlint-disable-next-line no-await-in-loop -- one step after the other
    if (next && 'person' in next) await Promise.race([listen(), putThrough()])
    // oxlint-disable-next-line no-await-in-loop -- one step after the other
    else if (!('silenceMs' in step)) await (step.expect?.silent ? sleep(NO_ANSWER_MS) : listen())
  }
  const isRecorded = call.timeline.some(({ type }) => type === 'record')
  if (isRecorded && !isOver()) await play(await speak(MESSAGE, VOICE), MESSAGE)
  if (!isOver()) {
    // Last words are heard out, and what follows them is waited for.
    if (!caller.at(-1)?.expect?.silent) await Promise.race([call.ended, sleep(NO_ANSWER_MS)])
    call.hangUp()
  }
  await call.ended
  await looking
  let story = await look()
  // What was recorded is reported a moment after the call.
  for (let waitedMs = 0; story && !story.disposition && waitedMs < ANSWER_WITHIN_MS; waitedMs += LOOK_EVERY_MS) {
    // oxlint-disable-next-line no-await-in-loop -- until it is known
    await sleep(LOOK_EVERY_MS)
    // oxlint-disable-next-line no-await-in-loop -- until it is known
    story = await look()
  }
  if (why !== undefined) throw new CouldNotRun(why, true)
  if (!story || story.disposition === 'fallback' || story.disposition === 'never_connected')
    throw new CouldNotRun(`The model was not to be had: ${spoken.problem() ?? 'no reason given'}`)
  return traceOf(talk, story)
}

/** Steps and tools as we noted them, and the assistant's words as the gateway did, by the time at which they began. */
const traceOf = ({ entries, spoken, number }: Talk, story: PricedCall): Trace => {
  const startedMs = Date.parse(story.startedAt)
  const said = (story.turns ?? [])
    .filter(({ speaker }) => speaker === 'assistant')
    .map(({ text, atMs }) => ({ atMs: startedMs + atMs, entry: { kind: 'assistant' as const, text } }))
  const to = [...spoken.carrier.calls.values()]
    .filter((leg) => leg.direction !== 'inbound' && leg.to !== number)
    .map((leg) => Object.entries(people).find(([, person]) => person.number === leg.to)?.[0])
    .findLast((route) => route !== undefined)
  const isVoicemail = story.disposition === 'voicemail'
  return {
    promptVersion: story.promptVersion ?? 'unknown',
    entries: [...entries, ...said].toSorted((one, other) => one.atMs - other.atMs).map(({ entry }) => entry),
    end: endOf(story.disposition),
    ...(isVoicemail ? { to: 'voicemail' } : to === undefined ? {} : { to }),
    firstWordsMs: story.latency?.speech_end_to_delta ?? [],
  }
}

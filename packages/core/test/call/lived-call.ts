import type { ModelCapabilities } from '../../src/model.ts'
import type { GreetingBook } from '../../src/greetings.ts'
import { phraseKeys } from '../../src/phrases.ts'
import {
  createServer,
  goodConnection,
  goodReply,
  replyOf,
  VOICE,
  type ConnectionPlan,
  type Reply,
  type ReplyPlan,
} from './capricious-server.ts'
import { audio, greeter, openCall } from './harness.ts'
import { playLeg } from '../../src/testing/leg-player.ts'
import { isGreeting } from '../../src/call/steps/greeting.ts'
import { createWorks } from './lived-tools.ts'

const STEP_MS = 100
const SILENCE = audio(STEP_MS, 0xff)
/** What the caller hears of us by then, and one step more. */
const LONGEST_SILENCE_MS = 2_500 + STEP_MS
/** Without its mark a greeting counts as heard this much later, and what was said behind it is answered then. */
const MARK_LOST_MS = 2_000
/** Where a tool runs or a server has asked for a pause, between two phrases. */
const LONGEST_PAUSE_MS = 6_000 + STEP_MS

/** What is said along with these is the goodbye, or the announcement. */
const leavingTools: ReadonlySet<string> = new Set(['hangs_up', 'transfers', 'consults'])

export type Act =
  | { readonly kind: 'waits'; readonly ms: number }
  | { readonly kind: 'speaks'; readonly ms: number }
  /** Lets the assistant finish first. */
  | { readonly kind: 'takesTurn'; readonly ms: number }
  | { readonly kind: 'presses'; readonly keys: string }
  | { readonly kind: 'isCutOff' }

/** What a call meets. */
export interface World {
  readonly connections: readonly ConnectionPlan[]
  /** Those after them; good ones when absent. */
  readonly others?: ConnectionPlan
  readonly replies: readonly ReplyPlan[]
  readonly acts: readonly Act[]
  readonly comesAtMs: number
  readonly losesEachMark: number
  readonly minSpeechMs: number
  readonly shield: 'full' | 'off'
  /** The greeting is recorded: this long (ms). */
  readonly recordedMs?: number | undefined
  /** What the model can do otherwise than `fullModelCapabilities`. */
  readonly model?: Partial<ModelCapabilities>
}

/** A book with a recording of every greeting, which sounds like nothing else. */
const bookOf = (ms: number): GreetingBook => ({
  find: ({ text }) => ({ text, payload: audio(ms, 0x55) }),
  offer: () => undefined,
})

/** One call from its first webhook to a while after its end, and what was noticed on the way. */
export const live = async (world: World) => {
  const works = createWorks(() => rig.clock)
  const rig = openCall(
    greeter({ tools: works.tools, greetingShield: world.shield, turnTaking: { minSpeechMs: world.minSpeechMs } }),
    { model: world.model, ...(world.recordedMs ? { greetings: bookOf(world.recordedMs) } : {}) },
  )
  const { call, model, clock } = rig
  const { turnEvents } = model.can
  const { results } = works

  const problems: string[] = []
  const note = (what: string): void => void problems.push(`${clock.now()} ms: ${what}`)
  const begun = new Map<number, Reply>()
  const heardIds = new Set<number>()
  let turnsEnded = 0
  let replyCount = 0
  let owesAnswer = world.recordedMs === undefined
  let owedBefore = false
  let brokenOff = 0
  let keysUntil = 0

  const servers: ReturnType<typeof createServer>[] = []
  const watch: Parameters<typeof createServer>[4] = {
    dismissed() {
      owesAnswer = owedBefore
    },
    turnEnded() {
      owedBefore = owesAnswer
      turnsEnded++
      owesAnswer = true
      silentMs = brokenOff = 0
    },
    asked(server) {
      // Who listens for themselves knows a little later.
      if (isGreeting(call.state) || world.minSpeechMs > 0 || !turnEvents) return
      if (servers.some((each) => each.isOpen && each.hearsSpeech))
        note(`asked while the caller spoke (${server.isOpen})`)
    },
    began(reply, stopped) {
      begun.set(reply.id, reply)
      const { hearsSpeech, connection } = reply.server
      if (!hearsSpeech || stopped || world.minSpeechMs > 0 || isGreeting(call.state) || !turnEvents) return
      if (call.state.phase === 'live' && !connection.closed) note('began while the caller spoke, and was not stopped')
    },
    over({ id, plan, server }) {
      if (!server.isOpen) return
      const sounded = plan.soundMs > 0
      const endIsKnown = !plan.losesEnd || (sounded && !plan.losesPartEnd)
      const isUnfinished = sounded && !plan.losesEnd && (plan.outcome === 'incomplete' || plan.outcome === 'failed')
      if (isUnfinished && ++brokenOff < 2) return
      // Another reply follows, unless the call is left.
      const isAnnounced =
        (plan.tool ?? '').split(' ').some((name) => leavingTools.has(name)) &&
        plan.soundMs >= 600 &&
        plan.outcome === 'completed'
      const isListening = plan.tool === 'listens' || plan.tool === 'holds'
      if (plan.tool !== undefined && plan.tool !== 'silent' && !isAnnounced && !isListening) return
      if (
        !endIsKnown ||
        (!sounded && (plan.tool === undefined || plan.outcome === 'failed' || plan.outcome === 'cancelled'))
      )
        return
      brokenOff = 0
      if (!sounded) owesAnswer = false
      answeredBy.add(id)
    },
  }
  const answeredBy = new Set<number>()

  /** Behind each connection that the call opens is a server. */
  const meetNew = (): void => {
    for (const connection of model.connections.slice(servers.length)) {
      const plan = world.connections[servers.length] ?? world.others ?? goodConnection
      const next = () => ({ id: ++replyCount, plan: world.replies[replyCount - 1] ?? goodReply })
      servers.push(createServer(connection, plan, clock, next, watch, model.can))
    }
  }

  const connect = () => {
    const line = rig.connectMedia()
    let marks = 0
    const lossy = Object.create(line, {
      heard: {
        value: (mark: string) => {
          if (world.losesEachMark > 0 && ++marks % world.losesEachMark === 0) return
          line.heard(mark)
        },
      },
    })
    return { line, player: playLeg(lossy), read: 0 }
  }

  let media: ReturnType<typeof connect> | undefined
  /** A turn that the call notices by itself is over a little later than one that it is told of. */
  const laterMs = turnEvents ? 0 : 400
  let isGone = false
  let silentMs = 0
  let quietMs = 0
  let pausedMeanwhile = false
  let spoken = false
  let acts = [...world.acts]
  let actMs = 0
  let calmMs = 0
  let phrasesHeard = 0

  /** What the caller does in this step; whether they speak. */
  const act = (): boolean => {
    const now = acts[0]
    if (!now || !media) return false
    const next = (): void => {
      acts = acts.slice(1)
      actMs = 0
    }
    actMs += STEP_MS
    switch (now.kind) {
      case 'waits':
        if (actMs >= now.ms) next()
        return false
      case 'takesTurn':
        if (actMs === STEP_MS && calmMs < 1_000) {
          actMs = 0
          return false
        }
        if (actMs >= now.ms) next()
        return true
      case 'speaks':
        if (actMs >= now.ms) next()
        return true
      case 'presses':
        for (const key of now.keys) media.line.press(key)
        keysUntil = clock.now() + (now.keys.endsWith('#') ? 0 : 3_500)
        owesAnswer = true
        // A turn of theirs, as words are: what they wait for begins anew.
        silentMs = brokenOff = 0
        next()
        return false
      case 'isCutOff':
        media.line.drop()
        next()
        return false
    }
  }

  const listen = (silent: number): void => {
    const { player } = media!
    for (const payload of player.heard.slice(media!.read)) {
      const phrase = Buffer.from(payload.slice(0, 4), 'base64')[0]! - 0x40
      if (phraseKeys[phrase]) {
        // A tool that has been slow lately is spoken of a little sooner.
        const soonestMs = call.state.toolsRunning.some(({ slow }) => slow) ? 1_100 : 1_400
        if (
          !(pausedMeanwhile && spoken) &&
          quietMs < soonestMs &&
          !spoken &&
          !servers.some(({ plan }) => plan.hearsNoEnd)
        )
          note(`a phrase after ${quietMs} ms of silence`)
        if (!spoken) phrasesHeard++
        spoken = true
        continue
      }
      const id = replyOf(payload)
      if (id === undefined) continue
      spoken = false
      pausedMeanwhile = false
      heardIds.add(id)
      const reply = begun.get(id)!
      for (const { text, atMs } of results)
        if (
          atMs < reply.beganAtMs &&
          !JSON.stringify([reply.server.connection.commands, reply.server.connection.history]).includes(text)
        )
          note(`${text} was not told to the connection that is heard`)
    }
    media!.read = player.heard.length
    quietMs = silent < STEP_MS ? 0 : quietMs + STEP_MS
  }

  const step = async (): Promise<void> => {
    await clock.advance(STEP_MS)
    if (media && media.line.isOpen) {
      const silent = media.player.play(STEP_MS)
      listen(silent)
      const speaks = act()
      if (media.line.isOpen) media.line.frame(speaks ? VOICE : SILENCE, clock.now())
      meetNew()
      for (const server of servers) server.step()
      for (const id of answeredBy)
        if (heardIds.has(id)) {
          answeredBy.delete(id)
          owesAnswer = false
        }
      const open = servers.filter(({ isOpen }) => isOpen)
      const busy =
        speaks || open.some(({ hearsSpeech }) => hearsSpeech) || clock.now() < keysUntil || call.state.digits !== ''
      const generating = [...begun.values()].some(
        ({ state, server, id }) => state === 'active' && server.isOpen && heardIds.has(id),
      )
      const owed = owesAnswer || works.running > 0 || generating
      if (works.running > 0 || call.state.pausing) pausedMeanwhile = true
      silentMs = !owed || busy || silent < STEP_MS || call.state.departure?.kind === 'hangUp' ? 0 : silentMs + STEP_MS
      calmMs = owed || busy || silent < STEP_MS ? 0 : calmMs + STEP_MS
      const lostMarkMs = world.losesEachMark > 0 ? MARK_LOST_MS : 0
      const limit = (pausedMeanwhile && spoken ? LONGEST_PAUSE_MS : LONGEST_SILENCE_MS) + lostMarkMs + laterMs
      if (silentMs === limit + STEP_MS)
        note(`silent for more than ${limit} ms: ${JSON.stringify({ ...call.state, keypad: 0, patience: 0, grant: 0 })}`)
    } else {
      for (const server of servers) server.step()
      if (media) await afterStream()
    }
  }

  /** What a carrier does when the audio has ended. */
  const afterStream = async (): Promise<void> => {
    media = undefined
    silentMs = quietMs = 0
    const next = call.next()
    if (next.kind === 'connect') media = connect()
    else isGone = true
  }

  while (clock.now() < world.comesAtMs) {
    meetNew()
    await clock.advance(STEP_MS)
    for (const server of servers) server.step()
  }
  media = connect()
  const endsAtMs = clock.now() + 60_000
  let restMs = 8_000
  let happened = 0
  const isOver = (): boolean => isGone || rig.hungUp.length > 0 || clock.now() >= endsAtMs || restMs <= 0
  while (!isOver()) {
    await step()
    if (acts.length === 0) restMs -= STEP_MS
    // What was begun is waited for.
    if (begun.size + results.length > happened) restMs = Math.max(restMs, 4_000)
    happened = begun.size + results.length
  }
  if (media && media.line.isOpen) media.line.drop(true)
  call.end('caller_hung_up')
  await clock.advance(15_000)
  if (call.state.phase !== 'ended') note('did not end')
  // The registry remembers a call for a while.
  if (clock.pending > 1) note(`${clock.pending} timers are left`)
  if (works.running > 0 || call.state.toolsRunning.length > 0) note('a tool is left running')
  if (model.connections.some(({ closed }, index) => !closed && servers[index]?.isOpen))
    note('a connection is left open')
  if (model.connections.length > 12 && !world.others?.expiresMs) note(`${model.connections.length} connections`)
  const told = call.story().turns.filter(({ text }) => /^\((oneMoment|stillHere|sayAgain)\)/.test(text)).length
  return {
    call,
    problems,
    told,
    phrasesHeard,
    turnsEnded,
    begun,
    heardIds,
    results,
    hungUp: rig.hungUp,
    violations: model.violations,
  }
}

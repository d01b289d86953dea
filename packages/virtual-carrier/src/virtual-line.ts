/** One call of a softphone, by the same rules as a call of a telephone: its leg, whoever is rung for it, and their carrier. */
import type { WebSocket } from 'ws'
import { createLeg } from './leg.ts'
import type { LineState, Persons } from './line-protocol.ts'
import { startOutbound } from './outbound.ts'
import { playedPerson } from './persons.ts'
import type { Reach } from './reach.ts'
import { runCall } from './run-twiml.ts'
import { createSoftphone } from './softphone.ts'
import { createTone } from './tones.ts'
import { TwilioFailure, type TimelineEntry } from './types.ts'
import { updateCall } from './update-call.ts'
import { pause } from './waiting.ts'
import { WEBHOOK_TIMEOUT_MS } from './webhook.ts'
import type { Leg, World } from './world.ts'

/** What a call needs of whoever has it rung. */
export interface VirtualLineOptions {
  readonly accountSid: string
  /** Signs the webhooks and the media sockets. */
  readonly authToken: string
  /** The way to them. */
  readonly reach: Reach
  readonly voiceUrl: string
  readonly statusCallback: string
  readonly to: string
  /** The caller's number; withheld when absent. */
  readonly from?: string | undefined
  readonly persons: Persons
  /** The call ends after this, whatever happens, in ms. */
  readonly limitMs: number
  /** Speaks as 8 kHz μ-law; rejects with a sentence when it cannot. */
  speak(text: string): Promise<Buffer>
  /** Who is rung, for the screen. */
  describePerson(number: string): { readonly label: string; readonly number: string }
  /** A new leg belongs to this call. */
  onLeg(sid: string): void
  /** A new address for coming back to this call; the ones before it lead nowhere any more. */
  address(): string
  readonly callId: string
  /** What the model will understand of a line; absent with a real one. */
  readonly hint?: ((text: string) => Promise<{ isUnderstood: boolean; nearest?: string }>) | undefined
  readonly phrases?: (() => Promise<readonly string[]>) | undefined
}

/** The form of a call that is to be placed, in the words of Twilio's library (`to`, `statusCallback`, …). */
type Placing = Readonly<Record<string, unknown>>

/** A call that rings. */
export interface VirtualLine {
  /** The sid of the caller's leg. */
  readonly legSid: string
  /** Takes a socket of the softphone, the first or another one. */
  attach(socket: WebSocket): void
  /** Ends the call for a reason that is neither side's; a sentence for whoever holds the softphone. */
  hangUp(because: string): void
  /** The calls of its account, as `Accounts` of a Twilio line has them: every leg of this call, and no other. */
  create(placing: Placing): Promise<{ sid: string }>
  update(sid: string, change: { readonly status?: string; readonly twiml?: string }): Promise<void>
  /** Settles when everything about the call is over; never rejects. */
  readonly ended: Promise<void>
}

/** Lines and questions of the softphone that are being worked on at once; a person who types has one or two. */
const MOST_SAID = 5
const MOST_HINTS = 5

/** As Twilio has it for a caller who shows no number. */
const WITHHELD = 'anonymous'

/** Rings at once; the softphone is attached by whoever has its socket. */
export function startVirtualLine(options: VirtualLineOptions): VirtualLine {
  const { accountSid, authToken, reach, voiceUrl } = options
  let { persons } = options
  let state: LineState = 'ringing'
  let detail: string | undefined
  let because: string | undefined

  const tell = (again?: string): void =>
    softphone.send({
      event: 'state',
      state,
      callId: options.callId,
      ...(detail === undefined ? {} : { detail }),
      ...(because === undefined ? {} : { because }),
      ...(again === undefined ? {} : { again }),
    })
  const become = (next: LineState, why?: string): void => {
    if (state === 'ended' || (state === next && detail === why)) return
    state = next
    detail = why
    tell()
  }
  const endBecause = (sentence: string): void => {
    if (!leg.over) because = sentence
    leg.end('completed', sentence)
  }

  const world: World = {
    accountSid,
    authToken,
    webhookTimeoutMs: WEBHOOK_TIMEOUT_MS,
    faults: {},
    random: Math.random,
    legs: new Map(),
    rooms: new Map(),
    recordings: new Map(),
    reach,
    voices: {
      async speak(text) {
        try {
          return await options.speak(text)
        } catch {
          // What cannot be heard is read instead.
          softphone.send({ event: 'problem', code: 'voice_missing', message: `The carrier says: “${text}”` })
          return Buffer.alloc(0)
        }
      },
      speakAsCaller: (text) => options.speak(text).catch(() => Buffer.alloc(0)),
    },
    numbers: { owns: () => true },
    farEnd(to, direction) {
      const { label, number } = options.describePerson(to)
      become('away', label)
      softphone.send({ event: 'person', label, number })
      return playedPerson(() => persons, direction)
    },
    url: () => new URL(voiceUrl).origin,
    createLeg(legOptions) {
      const made = createLeg(world, { ...legOptions, keepsNothing: true })
      world.legs.set(made.sid, made)
      made.onTimeline(({ type }) => {
        // A person who was asked while the conversation went on has declined, or was not there.
        if (type === 'ended' && made !== leg && leg.stream) become('live')
      })
      options.onLeg(made.sid)
      return made
    },
  }

  let lines = 0
  let hints = 0

  const say = async (text: string): Promise<void> => {
    const said = (how: 'speaking' | 'over' | 'failed', message?: string): void =>
      softphone.send({ event: 'said', text, state: how, ...(message === undefined ? {} : { message }) })
    if (lines >= MOST_SAID) return said('failed', 'Wait until the lines before it are spoken.')
    lines++
    try {
      const audio = await options.speak(text)
      if (leg.over) return
      said('speaking')
      await leg.play(audio, text)
      said('over')
    } catch (error) {
      said('failed', error instanceof Error ? error.message : String(error))
    } finally {
      lines--
    }
  }

  const hint = async (text: string): Promise<void> => {
    if (!options.hint || hints >= MOST_HINTS) return
    hints++
    try {
      softphone.send({ event: 'hint', text, ...(await options.hint(text)) })
    } catch {
      // A line can be said without it.
    } finally {
      hints--
    }
  }

  const softphone = createSoftphone({
    received(message) {
      switch (message.event) {
        case 'dtmf':
          return leg.press(message.dtmf.digit)
        case 'say':
          return void say(message.text)
        case 'hint':
          return void hint(message.text)
        case 'persons':
          persons = message.persons
          return
        case 'stop':
          return leg.hangUp()
      }
    },
    attached() {
      tell(options.address())
      void options
        .phrases?.()
        .then((phrases) => softphone.send({ event: 'phrases', phrases }))
        .catch(() => undefined)
    },
    gone: (why) => leg.end('completed', why),
  })

  const leg: Leg = world.createLeg({
    direction: 'inbound',
    to: options.to,
    from: options.from ?? WITHHELD,
    handset: softphone,
    subscription: { url: options.statusCallback, method: 'POST', events: ['completed'] },
  })
  leg.onTimeline((entry) => follow(entry, become))

  const minutes = Math.max(1, Math.round(options.limitMs / 60_000))
  void pause(options.limitMs, leg.signal).then(() =>
    endBecause(`A test call lasts at most ${minutes} minute${minutes === 1 ? '' : 's'}.`),
  )
  const hush = leg.line.listenTo(createTone('ringing'))
  leg.onTimeline(({ type }) => {
    if (type === 'answered') hush()
  })
  leg.setStatus('ringing')
  void runCall(leg, { name: 'voice', url: voiceUrl, method: 'POST' })

  const legOf = (sid: string): Leg => {
    const found = world.legs.get(sid)
    if (!found) throw new TwilioFailure(20404, `The requested resource ${sid} was not found`, 404)
    return found
  }

  return {
    legSid: leg.sid,
    attach: softphone.attach,
    hangUp: endBecause,
    create: async (placing) => ({ sid: (await startOutbound(world, formOf(placing))).sid }),
    update: async (sid, change) => updateCall(legOf(sid), formOf(change)),
    ended: leg.ended.then(async () => {
      for (const other of world.legs.values()) other.end('completed', 'the caller hung up')
      await Promise.all([...world.legs.values()].map((each) => each.ended))
      softphone.close()
    }),
  }
}

/** What the telephone shows. */
function follow({ type, text }: TimelineEntry, become: (state: LineState, detail?: string) => void): void {
  if (type === 'media-start') become('live')
  else if (type === 'record') become('away', 'a message is recorded')
  else if (type === 'bridged') become('away', 'connected with the person, who is played')
  else if (type === 'conference' && text === 'joined') become('away', 'connected with the person, who is played')
  else if (type === 'ended') become('ended', text)
}

const formOf = (fields: Placing): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name.charAt(0).toUpperCase() + name.slice(1),
      Array.isArray(value) ? value.map(String) : String(value),
    ]),
  )

/**
 * What the console's softphone and the gateway say to each other over the socket at `/console/line/TOKEN`. The softphone is
 * the telephone of a leg: its frames are Twilio's, seen from the other side, and a few of our own tell what a telephone
 * shows. Every message is one JSON text frame.
 */

/** How a person who is rung in a test call behaves. */
export type Persons = 'answers' | 'busy' | 'noAnswer' | 'declines'

/** From the softphone. */
export type FromSoftphone =
  /** 20 ms of the caller's audio: base64 μ-law 8 kHz, 160 bytes. Sent all the time, silence (0xFF) while muted. */
  | { readonly event: 'media'; readonly media: { readonly payload: string } }
  | { readonly event: 'dtmf'; readonly dtmf: { readonly digit: string } }
  /** The sample before this mark was played, or cleared. */
  | { readonly event: 'mark'; readonly mark: { readonly name: string } }
  /** Spoken into the line by a synthesised voice, at most 500 characters. */
  | { readonly event: 'say'; readonly text: string }
  /** Asks, before a line is said, whether the simulated model will understand it. */
  | { readonly event: 'hint'; readonly text: string }
  | { readonly event: 'persons'; readonly persons: Persons }
  /** Hangs up. */
  | { readonly event: 'stop' }

/** What a telephone shows of its call. `away`: a person is rung, or a message is recorded. */
export type LineState = 'ringing' | 'live' | 'away' | 'ended'

/** To the softphone. */
export type ToSoftphone =
  | {
      readonly event: 'state'
      readonly state: LineState
      readonly callId?: string
      /** Of `away`: the person who would be rung, or what else goes on. Of `ended`: who has ended it. */
      readonly detail?: string
      /** Why the line has ended the call by itself, in a sentence; absent when one of the two sides did. */
      readonly because?: string
      /** With the first state after each connecting: the address, good once, for going on with the same call within 4 s when this socket is lost. */
      readonly again?: string
    }
  /** Audio for the ear, base64 μ-law 8 kHz of any length, to be played in real time after what came before. */
  | { readonly event: 'media'; readonly media: { readonly payload: string } }
  /** To be sent back once everything before it was played. */
  | { readonly event: 'mark'; readonly mark: { readonly name: string } }
  /** Drops what was not played; its marks are sent back at once. */
  | { readonly event: 'clear' }
  /** A typed line: whether it is being spoken, is over, or could not be spoken. */
  | {
      readonly event: 'said'
      readonly text: string
      readonly state: 'speaking' | 'over' | 'failed'
      readonly message?: string
    }
  /** What the simulated model understands in this call, once it rings; never with a real model. */
  | { readonly event: 'phrases'; readonly phrases: readonly string[] }
  /** The answer to `hint`: whether the line will be understood, and the phrase that comes nearest. */
  | { readonly event: 'hint'; readonly text: string; readonly isUnderstood: boolean; readonly nearest?: string }
  /** A person would be rung now, and is played as `persons` says; the number is masked. */
  | { readonly event: 'person'; readonly label: string; readonly number: string }
  | { readonly event: 'problem'; readonly code: string; readonly message: string }

/** The answer of `GET /test-calls`: what a test call can ring, for whoever asks. */
export interface RingChoices {
  /** Names of instances, as in the published settings. */
  readonly instances: readonly string[]
  /** Our numbers and the instance that answers each. */
  readonly numbers: readonly { readonly number: string; readonly instance: string }[]
  /** Whether there is a draft of the settings to ring. */
  readonly hasDraft: boolean
  readonly model: { readonly name: string; readonly isSimulated: boolean; readonly usdPerMinute?: number }
  /** Whether typed lines can be spoken: the synthesised voice is installed. */
  readonly canSpeak: boolean
}

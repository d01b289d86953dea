import type { PhraseKey } from '../phrases.ts'

/** Words for a part of the day, from this full hour on; the last ones hold until the first ones. */
export interface TimeOfDay {
  readonly fromHour: number
  readonly words: string
}

/**
 * Everything in one language that a caller hears and the model does not word itself. `{names}` are filled in: a language uses
 * those of the English sentence, in any order.
 */
export interface LanguageFile {
  /** In English, for prompts and operators: "Spanish". */
  readonly name: string
  /** How a greeting says that an AI speaks; every shipped greeting and opening contains it. */
  readonly assistant: string
  /** The line of the prompt that says what the assistant speaks, and how. */
  readonly style: string
  /** Played from recordings while the model is silent; without double quotes and contractions, as they are compared word by word. */
  readonly phrases: Readonly<Record<PhraseKey, string>>
  /** Spoken by the carrier's synthesiser, when no model is there or the listener is not its caller. */
  readonly sentences: {
    /** No conversation comes about: the beginning of an apology. */
    readonly unavailable: string
    /** The same for a caller in a conversation. */
    readonly interrupted: string
    readonly leaveMessage: string
    readonly connecting: string
    readonly callLater: string
    /** To somebody we have called. */
    readonly calleeApology: string
    /** Nobody has answered at the fallback route. */
    readonly nobodyThere: string
    /** The person to whom the caller was put through has hung up. */
    readonly personGone: string
    readonly messageStored: string
    readonly messageEmpty: string
    readonly messageLost: string
    /** To a person who is rung for a caller; `introduction` says who is calling and why. */
    readonly personAsked: string
    /** The introduction of a caller whom somebody at the business hands over. */
    readonly handedOver: string
    readonly personDeclined: string
    readonly personFailed: string
    /** To a person whose caller has hung up. */
    readonly callerGone: string
  }
  /** The shipped greetings of the inbound modes, templates; a first name that is not known leaves no hole. */
  readonly greetings: {
    readonly ivr: string
    readonly receptionist: string
    readonly csr: string
  }
  /** What `{timeOfDay}` stands for, in order of the hours. */
  readonly timesOfDay: readonly TimeOfDay[]
  /** Names of routes that a menu adds by itself. */
  readonly labels: { readonly operator: string; readonly voicemail: string }
  /** What calls that we place begin with, and leave on answering machines. */
  readonly outbound: {
    /** Who calls; the beginning of all others. */
    readonly identity: string
    /** The same with the assistant's own name. */
    readonly identityNamed: string
    readonly opening: string
    /** To a recorded voice that asks who is calling. */
    readonly screening: string
    readonly message: string
    /** The message of scenarios without one. */
    readonly callBack: string
    /** Why we call, as it goes on within `opening` and `screening`. */
    readonly reasons: {
      readonly matter: string
      readonly matterForYou: string
      readonly about: string
      readonly appointment: string
      readonly askedForCall: string
      readonly askedForCallScreening: string
      readonly survey: string
      readonly oneQuestion: string
      readonly questions: string
    }
  }
}

import { GatewayError, type E164, type MessageBook } from '@llc-phone/core'
import { buildSettings, buildStored, type BuiltSettings } from '@llc-phone/settings'
import { openScratchStore, type CallTrial } from '@llc-phone/store'
import type { Logger } from 'pino'
import { configureGateway } from '../../gateway.config.ts'
import type { Env } from '../configuration/env.ts'
import { createNumbers, type Answer, type Numbers } from '../configuration/numbers.ts'
import { SettingsInvalid } from '../configuration/settings-errors.ts'
import { createDeeds, notingMode, notingStore, type NoteDeed } from './would-have.ts'

/** A way of answering that works on a copy of what modes keep: what a call does with it happens nowhere else. */
export interface Trial {
  readonly answer: Answer
  /** The number that the call seems to have been made to. */
  readonly dialled: E164
  /** Where messages go: they are not delivered, and gone with the trial. */
  readonly messages: Pick<MessageBook, 'take'>
  /** What is kept of the call beside its story; it grows while the call lasts. */
  readonly record: CallTrial
  /** Notes what would have happened. */
  readonly note: NoteDeed
  close(): Promise<void>
}

/** What is tried. */
export interface TrialOrder {
  readonly document: unknown
  /** The version that the document is in force as; absent for a draft. */
  readonly version: number | undefined
  /** The revision of a draft. */
  readonly draft?: number | undefined
  /** A number of ours, or the name of an instance. */
  readonly ring: { readonly number: E164 } | { readonly instance: string }
}

/** What a trial is made from. */
export interface TrialParts {
  readonly env: Env
  readonly log: Logger
  readonly demoData: boolean
  readonly configure?: typeof configureGateway | undefined
  /** Numbers as they are assigned now. */
  readonly numbers: Pick<Numbers, 'list'>
}

/**
 * Builds the mode of a document. Rejects with {@link SettingsInvalid} for a document that cannot be built, `request_invalid`
 * when it has no such instance, and `database_failed`.
 */
export const openTrial = async (
  { env, log, demoData, configure = configureGateway, numbers }: TrialParts,
  { document, version, draft, ring }: TrialOrder,
): Promise<Trial> => {
  const store = await openScratchStore(env.DATABASE_URL)
  try {
    let built: BuiltSettings | undefined
    const { list: wouldHave, note } = createDeeds()
    const { kinds, outboundKinds, messages } = await configure({
      env,
      store: notingStore(store, note, () => built!.messages),
      log,
      demoData,
      // Nobody is told of a message that is left in a test.
      inForce: () => ({ ...built!, messages: [] }),
    })
    const options = { kinds, ...(outboundKinds ? { outboundKinds } : {}) }
    // What is in force answers although an upgrade may find mistakes in it; a draft is to be without any.
    const result = version === undefined ? buildSettings(document, options) : buildStored(document, options)
    if (!result.built) throw new SettingsInvalid(result.findings, version === undefined ? 'The draft' : 'This version')
    built = result.built
    const inForce = { built, source: 'stored', written: document, findings: [] } as const
    const tried = createNumbers(() => ({ ...inForce, ...(version === undefined ? {} : { version }) }))
    for (const { number, name, source } of numbers.list()) if (source === 'stored') tried.assign(number, name)
    const { answer, dialled } = answerIn(tried, ring, env.TWILIO_PHONE_NUMBER)
    return {
      answer: { ...answer, ...(answer.mode ? { mode: notingMode(answer.mode, note, wouldHave) } : {}) },
      dialled,
      messages,
      record: { wouldHave, ...(draft === undefined ? {} : { draft }) },
      note,
      close: () => store.close(),
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

const answerIn = (numbers: Numbers, ring: TrialOrder['ring'], own: E164): Pick<Trial, 'answer' | 'dialled'> => {
  if ('number' in ring) {
    const answer = numbers.resolve(ring.number)
    if (!answer.mode)
      throw new GatewayError('mode_invalid', `The instance "${answer.name}" of these settings cannot be built.`)
    return { answer, dialled: ring.number }
  }
  const answer = numbers.named(ring.instance)
  if (!answer) {
    numbers.check(ring.instance)
    throw new GatewayError('mode_invalid', `The instance "${ring.instance}" of these settings cannot be built.`)
  }
  return { answer, dialled: numbers.list().find(({ name }) => name === ring.instance)?.number ?? own }
}

import { pause, realtimeProvider, systemClock, type ModelEvent, type RealtimeProvider } from '@llc-phone/core'
import type { Env } from '../configuration/env.ts'
import { failed, ok, warning, type Finding } from './finding.ts'
import { modelWarning } from '../configuration/models.ts'
import { modelServerOf } from '../configuration/model-server.ts'
import { isEstimated } from '../watching/transcription-prices.ts'
import { profileText, type KindOfCall } from '../configuration/wishes.ts'

/** A model server slower than this is too slow for callers. */
const MODEL_DEADLINE_MS = 10_000

const CHANGE = 'Change it in the settings (./phone settings), or set OPENAI_MODEL to a model that takes it.'
const REACH = 'Compare OPENAI_API_KEY, OPENAI_MODEL and OPENAI_REALTIME_URL with your account; look at the line openai.'

/** Every call has tools, so the test session has one too. */
const TEST_TOOL = {
  name: 'connection_test',
  description: 'Does nothing.',
  parameters: { type: 'object', properties: {}, required: [], additionalProperties: false },
} as const

/** Kinds of calls with the same session settings, apart from transcription keywords. */
interface SameProfile {
  readonly kind: KindOfCall
  readonly labels: string[]
}

const sameProfiles = (kinds: readonly KindOfCall[], provider: RealtimeProvider, usualVoice: string): SameProfile[] => {
  const found = new Map<string, SameProfile>()
  for (const kind of kinds) {
    const { tuning } = provider.profile(kind.wishes)
    const { transcription } = tuning
    const key = JSON.stringify({
      ...tuning,
      transcription: typeof transcription === 'object' ? { ...transcription, keywords: '' } : transcription,
      voice: kind.voice ?? usualVoice,
    })
    const same = found.get(key)
    if (same) same.labels.push(kind.label)
    else found.set(key, { kind, labels: [kind.label] })
  }
  return [...found.values()]
}

/** Opens a session with the settings of a call and closes it before anything is said. */
const openOnce = async (provider: RealtimeProvider, env: Env, kind?: KindOfCall): Promise<ModelEvent | undefined> => {
  const config = {
    instructions: 'This is a connection test.',
    voice: kind?.voice ?? env.OPENAI_VOICE,
    tools: [TEST_TOOL],
    turnDetection: { kind: 'semantic', eagerness: 'high', autoReply: true } as const,
    ...(kind ? { wishes: kind.wishes } : {}),
    cacheKey: 'connection-test',
  }
  const { promise, resolve } = Promise.withResolvers<ModelEvent>()
  const connection = provider.connect(
    config,
    { audio() {}, event: (event) => (event.type === 'configured' || event.type === 'lost') && resolve(event) },
    { caller: env.TWILIO_PHONE_NUMBER },
  )
  const event = await pause(systemClock, MODEL_DEADLINE_MS, promise)
  connection.close()
  return event
}

/** Reports the settings that each kind of call sends, and those that are not sent to the model. */
const profiles = (kinds: readonly KindOfCall[], provider: RealtimeProvider): Finding[] => {
  const texts = new Map<string, { labels: string[]; isWhole: boolean; transcriber: string | undefined }>()
  for (const { label, wishes } of kinds) {
    const profile = provider.profile(wishes)
    const text = profileText(profile)
    const { transcription } = profile.tuning
    const transcriber = typeof transcription === 'object' ? transcription.model : undefined
    const same = texts.get(text)
    if (same) same.labels.push(label)
    else texts.set(text, { labels: [label], isWhole: profile.untaken.every(({ isSet }) => !isSet), transcriber })
  }
  return [...texts].map(([text, { labels, isWhole, transcriber }]) => {
    const price =
      transcriber !== undefined && isEstimated(transcriber) ? ` (what ${transcriber} costs is estimated)` : ''
    const detail = `${labels.join('; ')}: ${text}${price}`
    return isWhole
      ? ok('profile', detail)
      : warning('profile', detail, 'Take out what this model does not take, or set OPENAI_MODEL to one that does.')
  })
}

/** The warning that a model is switched off, apart from what to do. */
const shutdown = (text: string | undefined) => {
  const [detail, name] = text?.split(/ Set (?=OPENAI_MODEL=)/) ?? []
  return detail === undefined ? undefined : { detail, action: `Set ${name ?? 'OPENAI_MODEL to another model'}` }
}

/** Opens a session with each distinct set of settings, to find out which of them the server refuses. */
export const examineModel = async (env: Env, kinds: readonly KindOfCall[]): Promise<Finding[]> => {
  const startedAt = performance.now()
  let dialect = env.OPENAI_REALTIME_DIALECT === 'flat' ? 'flat' : 'ga'
  const leftOut: string[] = []
  const provider = realtimeProvider({
    ...modelServerOf(env),
    onDialect: (name) => void (dialect = name),
    onLeftOut: (field) => void leftOut.push(field),
  })
  const problemOf = (event: ModelEvent | undefined): string | undefined => {
    if (event?.type === 'configured') return undefined
    return event?.type === 'lost' ? event.error.message : `No session within ${MODEL_DEADLINE_MS / 1_000} s.`
  }
  const [first, ...others] = sameProfiles(kinds, provider, env.OPENAI_VOICE)
  const problem = problemOf(await openOnce(provider, env, first?.kind))
  const tookMs = Math.round(performance.now() - startedAt)
  const refused: Finding[] = []
  if (problem === undefined)
    for (const { kind, labels } of others) {
      // oxlint-disable-next-line no-await-in-loop -- a field that one session was refused is left out of the next
      const why = problemOf(await openOnce(provider, env, kind))
      if (why !== undefined) refused.push(failed('model', `${labels.join('; ')}: ${why}`, CHANGE))
    }
  const late = shutdown(modelWarning(env.OPENAI_MODEL, new Date()))
  return [
    problem === undefined
      ? ok('model', `${env.OPENAI_MODEL} was ready for a call after ${tookMs} ms (dialect ${dialect})`)
      : failed('model', problem, REACH),
    ...refused,
    ...(late ? [warning('model', late.detail, late.action)] : []),
    ...leftOut.map((field) => warning('model', `The server refuses ${field}: calls go without it.`, CHANGE)),
    ...profiles(kinds, provider),
  ]
}

/** The worker that listens: keeps the templates of every ear and matches utterances against them. */
import { parentPort } from 'node:worker_threads'
import { distanceBetween, extractFeatures, type Features } from './features.ts'
import type { WorkerAnswer } from '@llc-phone/virtual-carrier/worker-calls'

/** What an ear asks of its worker. */
export type EarRequest =
  | { kind: 'learn'; ear: number; phrase: string; said?: string; ulaw: Uint8Array }
  | { kind: 'match'; ear: number; ulaw: Uint8Array }
  | { kind: 'forgetLines'; ear: number }
  | { kind: 'forget'; ear: number }

/** The nearest phrase, its distance, and the distance of the nearest other phrase. */
export interface EarMatch {
  phrase: string
  /** In which words it was said, if in others than the phrase's own. */
  said?: string | undefined
  distance: number
  nextDistance: number
}

interface Template {
  phrase: string
  said?: string | undefined
  features: Features
}

const ears = new Map<number, Template[]>()

parentPort?.on('message', (request: EarRequest & { id: number }) => {
  let answer: WorkerAnswer
  try {
    answer = { id: request.id, result: perform(request) }
  } catch (error) {
    answer = { id: request.id, error: String(error) }
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(answer)
})

function perform(request: EarRequest): EarMatch | undefined {
  const templates = ears.get(request.ear) ?? []
  if (request.kind === 'forget') {
    ears.delete(request.ear)
    return undefined
  }
  if (request.kind === 'forgetLines') {
    ears.set(
      request.ear,
      templates.filter(({ said }) => said === undefined),
    )
    return undefined
  }
  const features = extractFeatures(request.ulaw)
  if (request.kind === 'match') return features && match(features, templates)
  if (features) ears.set(request.ear, [...templates, { phrase: request.phrase, said: request.said, features }])
  return undefined
}

function match(features: Features, templates: readonly Template[]): EarMatch | undefined {
  let best: EarMatch | undefined
  for (const template of templates) {
    // Only the two nearest phrases matter, so a template is given up once it is farther than both.
    const distance = distanceBetween(features, template.features, best?.nextDistance)
    if (!best || distance < best.distance) {
      const nextDistance = !best
        ? Number.POSITIVE_INFINITY
        : best.phrase === template.phrase
          ? best.nextDistance
          : best.distance
      best = { phrase: template.phrase, said: template.said, distance, nextDistance }
    } else if (template.phrase !== best.phrase && distance < best.nextDistance) {
      best.nextDistance = distance
    }
  }
  return best && Number.isFinite(best.distance) ? best : undefined
}

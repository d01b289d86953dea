/** The worker that listens: keeps the templates of every ear and matches utterances against them. */
import { parentPort } from 'node:worker_threads'
import { distanceBetween, extractFeatures, type Features } from './features.ts'
import type { WorkerAnswer } from './worker-calls.ts'

/** What an ear asks of its worker. */
export type EarRequest =
  | { kind: 'learn'; ear: number; phrase: string; ulaw: Uint8Array }
  | { kind: 'match'; ear: number; ulaw: Uint8Array }
  | { kind: 'forget'; ear: number }

/** The nearest phrase, its distance, and the distance of the nearest other phrase. */
export interface EarMatch {
  phrase: string
  distance: number
  nextDistance: number
}

const ears = new Map<number, { phrase: string; features: Features }[]>()

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
  const features = extractFeatures(request.ulaw)
  if (request.kind === 'match') return features && match(features, templates)
  if (features) ears.set(request.ear, [...templates, { phrase: request.phrase, features }])
  return undefined
}

function match(features: Features, templates: { phrase: string; features: Features }[]): EarMatch | undefined {
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
      best = { phrase: template.phrase, distance, nextDistance }
    } else if (template.phrase !== best.phrase && distance < best.nextDistance) {
      best.nextDistance = distance
    }
  }
  return best && Number.isFinite(best.distance) ? best : undefined
}

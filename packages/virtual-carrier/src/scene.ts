/** What TwiML verbs work with. */
import type { Leg } from './world.ts'
import type { TwimlNode } from './twiml.ts'
import { TwilioFailure } from './types.ts'

/** Where TwiML comes from: a webhook, or the text itself. */
export type Instruction =
  | { name: string; url: string; method: 'GET' | 'POST'; extra?: Record<string, string> }
  | { document: string }

/** How a run of TwiML ended. */
export type RunEnd = 'finished' | 'replaced' | 'over'

/** The context of a verb. */
export interface Scene {
  leg: Leg
  /** Aborts when the document is replaced or the call ends. */
  signal: AbortSignal
  /** Address of the document, which relative addresses in it refer to. */
  base: string | undefined
  /** Runs TwiML on another leg. */
  runOn(leg: Leg, start: Instruction): Promise<RunEnd>
}

/** Performs one verb; an instruction means that the document goes on elsewhere. */
export type Verb = (scene: Scene, node: TwimlNode) => Promise<Instruction | undefined>

/** GET or POST, POST unless said otherwise. */
export const methodOf = (value: string | undefined): 'GET' | 'POST' => (value?.toUpperCase() === 'GET' ? 'GET' : 'POST')

/** An address in a document, which may be relative to the document's own (21205 when it is none). */
export function resolveUrl(url: string, base: string | undefined): string {
  if (/^https?:\/\//.test(url)) return url
  if (base === undefined || !URL.canParse(url, base)) throw new TwilioFailure(21205, `Url is not valid: ${url}`)
  return new URL(url, base).href
}

/** The `action` of a verb that is over. After the caller hung up it is asked only if `always` or the call's option says so, and its answer ignored. */
export function follow(
  { leg, signal, base }: Scene,
  node: TwimlNode,
  extra: Record<string, string>,
  always = false,
): Instruction | undefined {
  const { action, method } = node.attributes
  if (!action) {
    signal.throwIfAborted()
    return undefined
  }
  const instruction = { name: 'action', url: resolveUrl(action, base), method: methodOf(method), extra }
  if (leg.over && (always || leg.options.actionAfterHangup)) {
    void leg.ask(instruction.name, instruction.url, instruction.method, extra).catch(() => undefined)
  }
  signal.throwIfAborted()
  return instruction
}

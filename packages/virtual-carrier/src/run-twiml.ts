/** Runs TwiML on a leg, verb by verb, until it ends, is replaced, or the call is over. */
import { dial } from './dial.ts'
import type { Leg } from './world.ts'
import { methodOf, resolveUrl, type Instruction, type RunEnd, type Scene, type Verb } from './scene.ts'
import { parseTwiml, type TwimlNode } from './twiml.ts'
import { TwilioFailure } from './types.ts'
import { connect, start, stop } from './stream-verbs.ts'
import { gather, play, record, say } from './verbs.ts'
import { pause, unlessAborted } from './waiting.ts'

const verbs: Record<string, Verb> = {
  Connect: connect,
  Dial: dial,
  Gather: gather,
  Play: play,
  Record: record,
  Say: say,
  Start: start,
  Stop: stop,
  Pause: async ({ signal }, node) => {
    await pause(Number(node.attributes.length ?? '1') * 1000, signal)
    return undefined
  },
  Redirect: async ({ base, leg }, node) => {
    leg.log({ type: 'redirected', url: node.text })
    return { name: 'redirect', url: resolveUrl(node.text, base), method: methodOf(node.attributes.method) }
  },
  Hangup: async ({ leg }) => {
    leg.end('completed', 'the document hung up')
    return undefined
  },
  Reject: async ({ leg }, node) => {
    leg.end(node.attributes.reason === 'busy' ? 'busy' : 'failed', 'the document rejected the call')
    return undefined
  },
}

// <Pause> and <Reject> as a first verb leave the call ringing.
const answering = new Set(['Connect', 'Dial', 'Gather', 'Play', 'Record', 'Say', 'Start'])

/** Runs what comes `from` there; what ran before on this leg is replaced. A failing document ends the call and is noted with Twilio's code. */
async function runTwiml(leg: Leg, from: Instruction): Promise<RunEnd> {
  leg.running?.abort(new Error('replaced'))
  const running = new AbortController()
  leg.running = running
  const signal = AbortSignal.any([running.signal, leg.signal])
  try {
    let next: Instruction | undefined = from
    while (next) {
      const { nodes, base } = await unlessAborted(signal, load(leg, next))
      next = await perform({ leg, signal, base, runOn: runTwiml }, nodes)
    }
    return 'finished'
  } catch (error) {
    if (leg.over) return 'over'
    if (running.signal.aborted) return 'replaced'
    leg.fail(error instanceof TwilioFailure ? error.code : 0, error instanceof Error ? error.message : String(error))
    leg.end('failed', 'the document failed')
    return 'over'
  }
}

/** A call that is over when its document is. */
export async function runCall(leg: Leg, from: Instruction): Promise<void> {
  if ((await runTwiml(leg, from)) === 'finished') leg.end('completed', 'the document ended')
}

async function load(leg: Leg, from: Instruction): Promise<{ nodes: TwimlNode[]; base: string | undefined }> {
  if ('document' in from) return { nodes: parseTwiml(from.document), base: undefined }
  const answer = await leg.ask(from.name, from.url, from.method, from.extra)
  return { nodes: parseTwiml(answer.body), base: from.url }
}

async function perform(scene: Scene, nodes: TwimlNode[]): Promise<Instruction | undefined> {
  for (const node of nodes) {
    scene.signal.throwIfAborted()
    if (answering.has(node.name)) scene.leg.answer()
    const next = await verbs[node.name]!(scene, node)
    scene.signal.throwIfAborted()
    if (next) return next
  }
  return undefined
}

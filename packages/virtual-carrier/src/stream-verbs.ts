/** The verbs that stream a call: `<Connect>` both ways, `<Start>` and `<Stop>` one way beside whatever else the call does. */
import { openFork } from './fork.ts'
import { openMediaStream } from './media-stream.ts'
import { follow, type Scene, type Verb } from './scene.ts'
import { openingOf, parametersOf, reportTo, streamUrl, type StreamReport } from './stream-parts.ts'
import type { TwimlNode } from './twiml.ts'
import { TwilioFailure } from './types.ts'
import { startRecording } from './verbs.ts'
import { pause } from './waiting.ts'
import { newSid } from './world.ts'

/** `<Connect><Stream>`: lives until the gateway closes the socket, the call ends or the document is replaced. */
export const connect: Verb = async (scene, node) => {
  const { leg, signal } = scene
  const [stream] = node.children
  if (!stream) throw new TwilioFailure(12100, 'Document parse failure: <Connect> without <Stream>')
  await pause(leg.world.faults.lateStreamMs ?? 0, signal)
  signal.throwIfAborted()
  const opened = identify(scene, stream, ['inbound_track'])
  if (opened) {
    const { report, identity } = opened
    const media = openMediaStream({
      ...identity,
      authToken: leg.world.authToken,
      reach: leg.reach,
      line: leg.line,
      media: () => leg.options.media ?? leg.world.faults.media ?? {},
      faults: () => leg.world.faults,
      log: logTo(scene, report),
      warn: leg.warn,
      fail: leg.fail,
    })
    leg.stream = media
    leg.track(media.ended)
    const stop = (): void => media.stop()
    signal.addEventListener('abort', stop)
    const end = await media.ended
    signal.removeEventListener('abort', stop)
    if (leg.stream === media) leg.stream = undefined
    tellEnd(scene, report, end)
    if (end.reason === 'died' && leg.world.faults.asksAfterTornStream === false) return undefined
  }
  return follow(scene, node, {})
}

/** `<Start>`: `<Stream>` and `<Recording>`; the document goes on at once. */
export const start: Verb = async (scene, node) => {
  for (const child of node.children) {
    if (child.name === 'Stream') startFork(scene, child)
    else startRecording(scene, child)
  }
  return undefined
}

/** `<Stop><Stream name>`: ends a one-way stream; one that is not there is no failure. */
export const stop: Verb = async ({ leg }, node) => {
  for (const { name, attributes } of node.children) {
    if (name !== 'Stream') continue
    for (const fork of leg.forks) if (fork.name === attributes.name || fork.streamSid === attributes.name) fork.stop()
  }
  return undefined
}

const tracksOf: Record<string, readonly ('inbound' | 'outbound')[]> = {
  inbound_track: ['inbound'],
  outbound_track: ['outbound'],
  both_tracks: ['inbound', 'outbound'],
}

function startFork(scene: Scene, stream: TwimlNode): void {
  const { leg } = scene
  const opened = identify(scene, stream, Object.keys(tracksOf))
  if (!opened) return
  const { report, identity } = opened
  const fork = openFork({
    ...identity,
    name: stream.attributes.name,
    tracks: tracksOf[stream.attributes.track ?? 'inbound_track']!,
    authToken: leg.world.authToken,
    reach: leg.reach,
    line: leg.line,
    log: logTo(scene, report),
    warn: leg.warn,
    fail: leg.fail,
  })
  leg.forks.add(fork)
  // Not the scene's signal: a new document leaves one-way streams alone.
  const end = (): void => fork.stop()
  leg.signal.addEventListener('abort', end)
  leg.track(
    fork.ended.then((ending) => {
      leg.forks.delete(fork)
      leg.signal.removeEventListener('abort', end)
      tellEnd(scene, report, ending)
    }),
  )
}

/** Checks a stream's attributes; undefined after telling what is wrong with them. */
function identify(scene: Scene, stream: TwimlNode, tracks: readonly string[]) {
  const { leg, base } = scene
  const streamSid = newSid('MZ')
  const report = reportTo(scene, stream, streamSid)
  const { url: address = '', track } = stream.attributes
  const url =
    track !== undefined && !tracks.includes(track)
      ? new TwilioFailure(31941, `Stream: invalid track configuration ${track}`)
      : streamUrl(address, base, leg.reach)
  if (typeof url !== 'string') {
    leg.fail(url.code, url.message)
    report('stream-error', url.message)
    return undefined
  }
  const { accountSid } = leg.world
  const parameters = parametersOf(stream)
  const opening = openingOf(leg.world)
  const socketUrl = leg.reach.socketUrl(url, base)
  return { report, identity: { url, socketUrl, accountSid, callSid: leg.sid, streamSid, parameters, opening } }
}

const logTo =
  ({ leg }: Scene, report: StreamReport): Scene['leg']['log'] =>
  (entry) => {
    leg.log(entry)
    if (entry.type === 'media-start') report('stream-started')
  }

function tellEnd({ leg }: Scene, report: StreamReport, end: { reason: string; code?: number }): void {
  if (end.reason === 'died')
    leg.fail(end.code ?? 31924, 'Stream: WebSocket protocol error: closed without a close frame')
  const broken = end.reason === 'died' || end.reason === 'failed'
  report(broken ? 'stream-error' : 'stream-stopped', broken ? `${end.code}` : undefined)
}

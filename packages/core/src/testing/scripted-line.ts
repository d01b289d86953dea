import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { AcceptLine, Instruction, Line, LineCapabilities, LineConnection, LineListener } from '../line.ts'

/** A command of a call to its audio connection. */
export type LineCommand =
  | { readonly type: 'play'; readonly payload: string }
  | { readonly type: 'mark'; readonly name: string }
  | { readonly type: 'clear' }

/** The carrier's end of an audio connection, controlled by a test. */
export interface ScriptedLeg {
  /** The commands it was sent, in order. */
  readonly commands: readonly LineCommand[]
  readonly isOpen: boolean
  /** The connection starts, with the audio of this leg. */
  start(legId?: string): void
  audio(payload: string, timestampMs: number): void
  /** Reports that the mark was played. */
  heard(mark: string): void
  key(key: string): void
  /** Ends the connection. `graceful`: announced by the carrier. */
  end(graceful?: boolean): void
  /** Delivers what was sent so far; otherwise it is delivered in a microtask. */
  deliver(): void
}

/** A line without a carrier, for tests. */
export interface ScriptedLine {
  readonly line: Line
  /** The instructions for carriers, in order. */
  readonly followed: readonly { readonly callId: string; readonly instruction: Instruction }[]
  /** Calls for which a person was rung, and those for which that leg was ended. */
  readonly rung: readonly string[]
  readonly dropped: readonly string[]
  /** Opens an audio connection for the call. */
  connect(call: { attach(accept: AcceptLine): void; readonly facts: { readonly callId: string } }): ScriptedLeg
  /** Calls that no real line would have accepted. */
  readonly violations: readonly string[]
}

/** All capabilities of a line; the default in tests. */
export const fullLineCapabilities: LineCapabilities = {
  marks: true,
  sendsKeys: true,
  records: true,
  ringsPersons: true,
  detectsMachines: true,
}

/** Takes no notice of an audio connection. */
export const deafListener: LineListener = {
  started() {},
  audio() {},
  quiet() {},
  heard() {},
  roundTrip() {},
  key() {},
  problem() {},
  ignored() {},
  gone() {},
}

const CHECK_EVERY_MS = 250

/**
 * Creates a line for tests of calls: as strict as real ones (`testLine`), without sockets or delays. `asks`: its carrier asks
 * for instructions, as one that ends the audio first does; otherwise it is told them.
 */
export const scriptedLine = (
  clock: Clock,
  options: {
    readonly can?: Partial<LineCapabilities>
    readonly asks?: boolean
    /** Replacements for functions of the line. */
    readonly follow?: (legId: string, instruction: Instruction) => Promise<void>
  } = {},
): ScriptedLine => {
  const { asks = true, follow = async () => {} } = options
  const can = { ...fullLineCapabilities, ...options.can }
  const followed: { callId: string; instruction: Instruction }[] = []
  const rung: string[] = []
  const dropped: string[] = []
  const violations: string[] = []
  const open = new Map<string, Set<LineConnection>>()

  const line: Line = {
    name: 'scripted',
    can,
    async follow({ callId, legId }, instruction) {
      followed.push({ callId, instruction })
      const endAudio = (): void => open.get(callId)?.forEach((connection) => connection.close())
      try {
        if (!asks || instruction.kind === 'hangUp') await follow(legId, instruction)
      } catch (cause) {
        throw new GatewayError('call_control_failed', 'The carrier was not reached.', { cause })
      } finally {
        endAudio()
      }
      return asks ? 'asks' : 'followed'
    },
    ringPerson: async (_call, { label }) => void rung.push(label),
    dropPerson: async (callId) => void dropped.push(callId),
  }

  return {
    line,
    followed,
    rung,
    dropped,
    violations,
    connect(call) {
      const { callId } = call.facts
      const connections = open.get(callId) ?? new Set()
      open.set(callId, connections)
      const { leg, connection } = createLeg(clock, can, violations, call)
      connections.add(connection)
      return leg
    },
  }
}

const createLeg = (
  clock: Clock,
  can: LineCapabilities,
  violations: string[],
  call: { attach(accept: AcceptLine): void },
): { readonly leg: ScriptedLeg; readonly connection: LineConnection } => {
  const commands: LineCommand[] = []
  let listener: LineListener
  let isOurLeg: (legId: string) => boolean
  let hasStarted = false
  let isOpen = true
  let isGone = false
  let arriving: (() => void)[] = []
  let queued: string[] = []
  let lastAudioAt = clock.now()

  const deliver = (): void => {
    const events = arriving
    arriving = []
    for (const arrive of events) arrive()
  }

  const later = (event: () => void): void => {
    arriving.push(event)
    queueMicrotask(deliver)
  }

  const gone = (graceful: boolean): void => {
    isOpen = false
    if (isGone) return
    isGone = true
    watch.stop()
    listener.gone(graceful)
  }

  const check = (): void => {
    watch = clock.after(CHECK_EVERY_MS, check)
    if (hasStarted && isOpen) listener.quiet(clock.now() - lastAudioAt)
  }
  let watch = clock.after(CHECK_EVERY_MS, check)

  const ask = (command: LineCommand): void => {
    if (!hasStarted) violations.push(`${command.type} before the audio had started`)
    else if (isOpen) commands.push(command)
  }

  const refuse = (error: GatewayError): void => {
    listener.problem(error)
    isOpen = false
    later(() => gone(false))
  }

  const connection: LineConnection = {
    play: (payload) => ask({ type: 'play', payload }),
    mark(name) {
      if (!can.marks) return
      ask({ type: 'mark', name })
      queued.push(name)
    },
    clear() {
      ask({ type: 'clear' })
      const dropped = queued
      queued = []
      for (const name of dropped) later(() => isOpen && listener.heard(name))
    },
    close() {
      if (!isOpen) return
      isOpen = false
      later(() => gone(false))
    },
  }

  /** Delivers to an open connection only; audio before the start breaks the protocol. */
  const tell = (event: () => void): void => {
    deliver()
    if (!isOpen) return
    if (hasStarted) event()
    else refuse(new GatewayError('start_missing', 'The audio did not start first.'))
    deliver()
  }

  const leg: ScriptedLeg = {
    commands,
    get isOpen() {
      return isOpen
    },
    start(legId = 'leg-1') {
      deliver()
      if (!isOpen || hasStarted) return
      if (!isOurLeg(legId)) return refuse(new GatewayError('start_mismatch', 'The audio is that of another call.'))
      hasStarted = true
      lastAudioAt = clock.now()
      listener.started()
      deliver()
    },
    audio: (payload, timestampMs) =>
      tell(() => {
        lastAudioAt = clock.now()
        listener.audio(payload, timestampMs, lastAudioAt)
      }),
    heard: (mark) =>
      tell(() => {
        queued = queued.filter((name) => name !== mark)
        listener.heard(mark)
      }),
    key: (key) => tell(() => listener.key(key)),
    end(graceful = false) {
      deliver()
      if (isOpen) gone(graceful)
    },
    deliver,
  }
  call.attach((to, ours) => {
    listener = to
    isOurLeg = ours
    return connection
  })
  return { leg, connection }
}

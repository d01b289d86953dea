/** A call in the answer of `GET /calls`, as far as it is printed. */
export interface CallHead {
  readonly callId: string
  readonly mode: string
  readonly instance?: string
  readonly direction: string
  readonly caller?: string
  readonly dialled: string
  readonly phase?: string
  readonly disposition?: string
  readonly startedAt: string
  readonly endedAt?: string
  readonly assistantEndedAt?: string
  readonly firstWordsMs?: number
  readonly why?: string
  readonly whatToDo?: string
  readonly test?: true
  readonly costUsd?: number
  readonly outbound?: { readonly state: string }
}

/** The answer of `GET /calls/ID`, as far as it is printed. */
export interface TextedCall extends CallHead {
  readonly callSid?: string
  readonly settingsVersion?: number
  readonly tuningProfile?: string
  readonly language?: string
  readonly turns?: readonly {
    readonly speaker: string
    readonly text: string
    readonly atMs: number
    readonly startedMs?: number
    readonly sentMs?: number
    readonly heardMs?: number
    readonly cut?: true
    readonly latencyMs?: number
  }[]
  readonly tools?: readonly {
    readonly name: string
    readonly startedAtMs: number
    readonly durationMs: number
    readonly outcome: string
    readonly input?: unknown
    readonly result?: unknown
  }[]
  readonly transfers?: readonly {
    readonly kind: string
    readonly route?: string
    readonly label?: string
    readonly number?: string
    readonly reason?: string
    readonly atMs: number
    readonly outcome?: string
  }[]
  readonly problems?: readonly { readonly code: string; readonly message: string; readonly atMs: number }[]
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

const lengthOf = (startedAt: string, endedAt: string | undefined): string =>
  endedAt === undefined ? '' : seconds(Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)))

/** What was said cannot write over the terminal, nor pretend to be another line. */
const harmless = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')

const stateOf = ({ phase, disposition, outbound, assistantEndedAt, endedAt }: CallHead): string => {
  if (phase !== undefined && phase !== 'ended') return phase
  const end = disposition ?? outbound?.state ?? 'goes on'
  return assistantEndedAt !== undefined && endedAt === undefined ? `${end}, still there` : end
}

/** A call in a list: one line, and one for why it failed. */
export const headText = (call: CallHead): string => {
  const { callId, startedAt, direction, caller = 'withheld', dialled, instance, mode, firstWordsMs, why, test } = call
  const parts = [
    startedAt.replace('T', ' ').replace(/\.\d+Z$/, 'Z'),
    callId,
    direction === 'inbound' ? `${caller} → ${dialled}` : `${dialled} → ${caller}`,
    instance ?? mode,
    stateOf(call),
    lengthOf(startedAt, call.endedAt),
    firstWordsMs === undefined ? '' : `first words ${Math.round(firstWordsMs)} ms`,
    test ? 'test' : '',
  ]
  const line = parts.filter((part) => part !== '').join('  ')
  return why === undefined ? line : `${line}\n    ${harmless(why)}`
}

const OUTCOMES: Readonly<Record<string, string>> = {
  bridged: 'connected',
  no_answer: 'nobody answered',
  failed: 'could not be put through',
  recorded: 'a message was recorded',
  empty: 'nothing was recorded',
}

const KINDS: Readonly<Record<string, string>> = {
  cold: 'transfer',
  warm: 'announced transfer',
  voicemail: 'voicemail',
  fallback: 'fallback',
}

const whole = (value: unknown): string => (value === undefined ? '' : harmless(JSON.stringify(value)))

/** Everything that happened, in order of time: `[when, who, what]`. */
const happenings = ({ turns = [], tools = [], transfers = [], problems = [] }: TextedCall) =>
  [
    ...turns.map(({ speaker, text, atMs, startedMs = atMs, sentMs, heardMs, cut, latencyMs }) => {
      const marks = [
        ...(cut && sentMs !== undefined ? [`cut: heard ${seconds(heardMs ?? 0)} of ${seconds(sentMs)}`] : []),
        ...(latencyMs === undefined ? [] : [`after ${Math.round(latencyMs)} ms`]),
      ]
      const note = marks.length > 0 ? `  [${marks.join('; ')}]` : ''
      return [startedMs, speaker, `${harmless(text)}${note}`] as const
    }),
    ...tools.map(({ name, startedAtMs, durationMs, outcome, input, result }) => {
      const data = [whole(input), whole(result)].filter((part) => part !== '').join(' → ')
      return [startedAtMs, 'tool', `${name} ${outcome} in ${seconds(durationMs)}${data && `  ${data}`}`] as const
    }),
    ...transfers.map(({ kind, route, label, number, reason, atMs, outcome }) => {
      const whom = [label ?? route, number].filter((part) => part !== undefined).join(', ')
      const end = outcome === undefined ? 'no outcome known' : (OUTCOMES[outcome] ?? outcome)
      const because = reason === undefined ? '' : ` (${reason})`
      return [atMs, KINDS[kind] ?? kind, harmless(`to ${whom}${because}: ${end}`)] as const
    }),
    ...problems.map(({ code, message, atMs }) => [atMs, 'problem', harmless(`${code}: ${message}`)] as const),
  ].toSorted(([one], [other]) => one - other)

const NAME_WIDTH = 18

/** The story of a call as a person reads it. */
export const storyText = (call: TextedCall): string => {
  const { callId, callSid, settingsVersion, tuningProfile, language, why, whatToDo, costUsd } = call
  const settings = [
    ...(settingsVersion === undefined ? [] : [`settings version ${settingsVersion}`]),
    ...(tuningProfile === undefined ? [] : [`tuning profile ${tuningProfile}`]),
    ...(language === undefined ? [] : [`language ${language}`]),
    ...(costUsd === undefined ? [] : [`$${costUsd.toFixed(4)}`]),
  ]
  const lines = happenings(call).map(
    ([atMs, who, what]) => `${(atMs / 1_000).toFixed(1).padStart(8)} s  ${who.padEnd(NAME_WIDTH)}  ${what}`,
  )
  return [
    `Call ${callId}${callSid ? ` (${callSid})` : ''}`,
    headText({ ...call, why: undefined } as unknown as CallHead),
    ...(settings.length > 0 ? [settings.join(', ')] : []),
    ...(why === undefined ? [] : ['', `Why: ${harmless(why)}`, ...(whatToDo ? [`What to do: ${whatToDo}`] : [])]),
    '',
    ...(lines.length > 0 ? lines : ['Nothing is known of what was said.']),
  ].join('\n')
}

/** An event of the live feed, as far as it is printed. */
export interface FedNotice {
  readonly callId: string
  readonly type: string
  readonly mode?: string
  readonly phase?: string
  readonly disposition?: string
  readonly speaker?: string
  readonly text?: string
  readonly name?: string
  readonly outcome?: string
  readonly code?: string
  readonly message?: string
  readonly isOver?: boolean
}

/** A line of the live feed; `undefined` for what nobody reads along. */
export const noticeText = (notice: FedNotice): string | undefined => {
  const { type, phase, disposition, speaker = '', text = '', name, outcome, code, message } = notice
  switch (type) {
    case 'phase':
      return [phase, disposition].filter((part) => part !== undefined).join(', ')
    case 'transcript':
      return `${speaker}: ${harmless(text)}`
    case 'tool':
      return `tool: ${name} ${outcome}`
    case 'problem':
      return `problem: ${code}: ${harmless(message ?? '')}`
    case 'leg':
      return notice.isOver ? 'the caller has gone' : 'the caller goes to the fallback'
    default:
      return undefined
  }
}

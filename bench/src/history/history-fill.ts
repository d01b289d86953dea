import { createRequire } from 'node:module'

interface Statement {
  run(...parameters: unknown[]): unknown
}
interface SQLite {
  prepare(sql: string): Statement
  exec(sql: string): void
  close(): void
}

/** A call every six minutes: a bit more than a year for 100,000 of them. */
const EVERY_MS = 360_000
const TURNS = 8
const WORDS_OF_TURN = 12
const VOCABULARY = 4_000
/** Of ten thousand possible callers. */
const CALLERS = 10_000
const MODES = ['ivr', 'receptionist', 'csr'] as const
const OUTCOMES = ['caller_hung_up', 'assistant_hung_up', 'transferred', 'fallback', 'cut_off'] as const

/** Numbers that look random and are the same in every run. */
const createDice = () => {
  let state = 42
  return (sides: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}

/** A word of a language in which some are said all the time and most hardly ever. */
const wordOf = (dice: (sides: number) => number): string => `word${Math.floor(VOCABULARY ** (dice(10_000) / 10_000))}`

/** Writes calls with what was said in them into a database that a gateway has made and is not using. */
export const fillHistory = (file: string, calls: number): void => {
  const gateway = new URL('../../../dist/main.js', import.meta.url)
  const Database = createRequire(gateway)('better-sqlite3') as new (path: string) => SQLite
  const database = new Database(file)
  const dice = createDice()
  database.exec('PRAGMA synchronous = OFF; BEGIN')
  const addCall = database.prepare(
    `INSERT INTO calls (id, call_sid, mode, direction, caller, dialled, started_at, ended_at, disposition, instance,
       settings_version, tuning_profile, first_words_ms, is_test, problem_codes, cost_usd, model)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const addTurn = database.prepare('INSERT INTO turns (call_id, position, speaker, text, at_ms) VALUES (?, ?, ?, ?, ?)')
  const addPlaced = database.prepare(
    `INSERT INTO outbound_calls (call_id, to_number, from_number, mode, scenario, state, requested_at, dialled_at, answered_at,
       ended_at, disposition, request_hash, webhook)
     VALUES (?, ?, ?, 'outbound', 'confirmation', 'ended', ?, ?, ?, ?, ?, '', 0)`,
  )
  const now = Date.now()
  for (let call = 0; call < calls; call++) {
    const id = `call-${String(call).padStart(8, '0')}`
    const startedAt = now - (calls - call) * EVERY_MS
    const mode = dice(MODES.length)
    const hasProblem = dice(20) === 0
    const isPlaced = dice(5) === 0
    const [theirs, ours] = [`+1415${5_550_000 + dice(CALLERS)}`, `+1415555010${mode + 1}`]
    const [endedAt, outcome] = [
      startedAt + 30_000 + dice(300_000),
      OUTCOMES[dice(20) === 0 ? 1 + dice(OUTCOMES.length - 1) : 0],
    ]
    if (isPlaced) addPlaced.run(id, theirs, ours, startedAt, startedAt, startedAt, endedAt, outcome)
    addCall.run(
      id,
      `CA${id}`,
      isPlaced ? 'outbound' : MODES[mode],
      isPlaced ? 'outbound' : 'inbound',
      theirs,
      ours,
      startedAt,
      endedAt,
      outcome,
      MODES[mode],
      1 + Math.floor((call / calls) * 40),
      dice(4) === 0 ? 'quick' : null,
      200 + dice(dice(50) === 0 ? 3_000 : 400),
      dice(100) === 0 ? 1 : 0,
      hasProblem ? (dice(10) === 0 ? ',model_lost,tool_failed,' : ',tool_failed,') : null,
      dice(100) / 100,
      'gpt-realtime',
    )
    for (let turn = 0; turn < TURNS; turn++) {
      const words = Array.from({ length: WORDS_OF_TURN }, () => wordOf(dice))
      addTurn.run(id, turn, turn % 2 === 0 ? 'assistant' : 'caller', words.join(' '), turn * 5_000)
    }
  }
  // Indexes the words of each call.
  database.exec('UPDATE calls SET words_id = started_at * 1048576; COMMIT')
  database.close()
}

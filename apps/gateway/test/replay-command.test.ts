import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { parseLog } from '@llc-phone/core'
import { openStore } from '@llc-phone/database'
import { type RecordedCall } from '@llc-phone/store'
import { describe, expect, it, onTestFinished } from 'vitest'

const command = fileURLToPath(new URL('../src/cli/replay-command.ts', import.meta.url))
const fieldLog = (name: string): string =>
  fileURLToPath(new URL(`../../../packages/core/test/call/field-logs/${name}.json`, import.meta.url))

/** How many events there are in it: it is written anew when the reducer changes. */
const countIn = (name: string): number => parseLog(readFileSync(fieldLog(name), 'utf8')).entries.length

interface Ran {
  readonly code: number
  readonly said: string
}

const replay = (args: readonly string[], env: Record<string, string> = {}): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(process.execPath, [command, ...args], { env: { ...process.env, ...env } }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, said: `${out}${err}` }),
    )
  })

const aFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'llc-phone-replay-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const call: RecordedCall = {
  callId: 'call-1',
  legId: 'CA1',
  mode: 'frontDesk',
  direction: 'inbound',
  dialled: '+14155550101',
  startedAt: '2026-11-22T10:00:00.000Z',
  endedAt: '2026-11-22T10:01:30.500Z',
  turns: [],
  tools: [],
  transfers: [],
  latency: {},
  usage: { input: { text: 0, audio: 0, cachedText: 0, cachedAudio: 0 }, output: { text: 0, audio: 0 } },
}

describe('pnpm replay', { timeout: 60_000 }, () => {
  it('shows each event of a file with its time, what it changed and what was done, without keys', async () => {
    const { code, said } = await replay([fieldLog('transfer-by-key'), '--all'])
    expect(code).toBe(0)
    expect(said).toMatch(/^ {3}1 +0\.\d{3} s {2}opened settings=.*\n +model: "closed" → "opening"$/m)
    expect(said).toMatch(/^ +> timer\.start keypad 1500$/m)
    expect(said).toContain('digitPressed digit="•" heard=[]\n')
    expect(said).toContain('digits: "" → "•"')
    expect(said).not.toMatch(/\+\d{8}/)
  })

  it('says whether today the same would be decided, and if not at which event', async () => {
    expect(await replay([fieldLog('goodbye'), '--check'])).toEqual({
      code: 0,
      said: `${countIn('goodbye')} events, decided as they would be today.\n`,
    })
    const file = join(aFolder(), 'changed.json')
    const text = readFileSync(fieldLog('goodbye'), 'utf8')
    const changed = text.replace(/("type":"speechStopped"\},"does":\[)/, '$1"phrase.play oneMoment",')
    expect(changed).not.toBe(text)
    writeFileSync(file, changed)
    const { code, said } = await replay([file, '--check'])
    expect(code).toBe(1)
    expect(said).toMatch(/^One event of \d+ would be decided otherwise today, the first is event \d+:$/m)
    expect(said).toMatch(/^ +then +live: phrase\.play oneMoment, timer\.start/m)
    expect(said).toMatch(/^ +today +live: timer\.start/m)
    expect(await replay([file, '--accept'])).toMatchObject({
      code: 0,
      said: `${file}: 1 of ${countIn('goodbye')} events changed\n`,
    })
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  it('prints nothing of a file that a terminal would obey', async () => {
    const file = join(aFolder(), 'hostile.json')
    const text = readFileSync(fieldLog('goodbye'), 'utf8')
    const hostile = String.raw`\u001b[2J\u009b31m\n9 events, decided as they would be today.`
    writeFileSync(
      file,
      text
        .replace(/("type":"speechStopped"\},"does":\[)/, `$1"${hostile}",`)
        .replace(/("type":"toolCalled",[^}]*"name":")/, `$1${hostile}`),
    )
    for (const how of ['--check', '--all']) {
      const { said } = await replay([file, how])
      expect(said).toContain('�[2J�31m�9 events')
      expect(said).not.toMatch(/(?!\n)\p{Cc}|^9 events/mu)
    }
  })

  it('reads the log of a call from the database, by either id, and writes it as it may be shared', async () => {
    const folder = aFolder()
    const DATABASE_URL = `file:${join(folder, 'a.db')}`
    const store = await openStore({ url: DATABASE_URL })
    const gzip = gzipSync(readFileSync(fieldLog('transfer'))).toString('base64')
    await store.journal.finish(call, { log: { version: 1, gzip } })
    await store.journal.finish({ ...call, callId: 'call-2', legId: 'CA2' })
    await store.close()
    const file = join(folder, 'shared.json')
    const [checked, exported, without, unknown] = await Promise.all([
      replay(['CA1', '--check'], { DATABASE_URL }),
      replay(['call-1', '--export', file], { DATABASE_URL }),
      replay(['call-2'], { DATABASE_URL }),
      replay(['call-3'], { DATABASE_URL }),
    ])
    expect(checked).toMatchObject({ code: 0, said: `${countIn('transfer')} events, decided as they would be today.\n` })
    expect(exported).toMatchObject({ code: 0 })
    expect(parseLog(readFileSync(file, 'utf8')).entries).toHaveLength(countIn('transfer'))
    expect(without).toMatchObject({
      code: 1,
      said: expect.stringMatching(/^not_found: There is no log of the call call-2/),
    })
    expect(unknown).toMatchObject({ code: 1, said: 'not_found: There is no call call-3.\n' })
    // Nothing is written over.
    expect(await replay(['call-1', '--export', file], { DATABASE_URL })).toMatchObject({
      code: 1,
      said: expect.stringMatching(/EEXIST/),
    })
  })

  it('says by a code what is wrong with a log', async () => {
    const folder = aFolder()
    const made = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    }
    const text = readFileSync(fieldLog('goodbye'), 'utf8')
    const cut = made('cut.json', text.replace('"version":1', '"version":1,"truncated":true'))
    const said = await Promise.all(
      [
        [made('bad.json', '{'), '--check'],
        [made('later.json', text.replace('"version":1', '"version":9')), '--check'],
        [join(folder, 'missing.json')],
        [cut, '--check'],
        [cut, '--all'],
        ['call-1'],
        [],
      ].map((args) => replay(args, { DATABASE_URL: `file:${join(folder, 'none.db')}` })),
    )
    expect(said.map(({ code }) => code)).toEqual([1, 1, 1, 1, 0, 1, 2])
    expect(said[0]!.said).toMatch(/^log_invalid: /)
    expect(said[1]!.said).toMatch(/^log_version: The log has version 9, and this gateway reads version 1/)
    expect(said[2]!.said).toMatch(/^log_invalid: .*ENOENT/)
    expect(said[3]!.said).toMatch(
      /^\d+ events, decided as they would be today\.\nlog_truncated: The log ends with event \d+/,
    )
    expect(said[4]!.said).toContain(`The log ends with event ${countIn('goodbye')}, because it was full`)
    expect(said[5]!.said).toMatch(/^database_failed: There is no database/)
    expect(said[6]!.said).toMatch(/^Name one call, by its id or as a file\./)
  })
})

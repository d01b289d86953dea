import { describe, expect, it, vi } from 'vitest'
import { judgeRun, type RunResult } from '../src/evaluate.ts'
import { createJudge, responsesUrl } from '../src/judge/judge.ts'
import { languageOf } from '../src/judge/language.ts'
import { judgeToolLog } from '../src/judge/tool-log.ts'
import { judgeWords, saysGoodbye } from '../src/judge/words.ts'
import { neededOf, statusOf } from '../src/report.ts'
import type { Situation } from '../src/situation.ts'
import type { Entry } from '../src/trace.ts'
import { traceOf } from './support.ts'

const booking: Situation = {
  id: 'csr-made-up',
  about: 'books',
  mode: 'csr',
  rules: ['yes-before-write'],
  caller: [{ say: 'A check-up, please.', expect: { never: ['book_appointment'] } }, { say: 'Yes.' }],
  expect: {
    calls: ['find_open_slots', 'book_appointment', 'add_call_note?'],
    once: ['book_appointment'],
    order: ['find_open_slots', 'book_appointment'],
    args: { book_appointment: { slot_id: 'slot-1' } },
    said: [/booked/i],
    judge: 'Is the caller asked before the appointment is booked?',
  },
}

const step = (index: number): Entry => ({ kind: 'step', index })
const says = (text: string): Entry => ({ kind: 'assistant', text })
const tool = (name: string, input: object = {}): Entry => ({ kind: 'tool', name, input, output: '{}', failed: false })

const good: readonly Entry[] = [
  says('Hello, this is the automated assistant.'),
  step(0),
  tool('find_open_slots'),
  says('Monday at 9 AM is free. Shall I book it?'),
  step(1),
  tool('book_appointment', { slot_id: 'slot-1' }),
  says('It is booked.'),
]

const refused = (name: string, input: object = {}): Entry => ({
  kind: 'tool',
  name,
  input,
  output: 'There is no such time.',
  failed: true,
})

const saysOf = (situation: Situation, entries: readonly Entry[], rest = {}): string[] =>
  [...judgeToolLog(situation, traceOf(entries, rest)), ...judgeWords(situation, traceOf(entries, rest))].map(
    (one) => one.says,
  )

describe('the tool log', () => {
  it('has nothing against what is as it should be', () => {
    expect(saysOf(booking, good)).toEqual([])
  })

  it.each<[string, readonly Entry[], RegExp]>([
    [
      'a tool is missing',
      good.filter((entry) => entry.kind !== 'tool' || entry.name !== 'book_appointment'),
      /book_appointment was not called/,
    ],
    ['another tool is called', [...good, tool('cancel_appointment')], /cancel_appointment was called/],
    ['it is called twice', [...good, tool('book_appointment', { slot_id: 'slot-1' })], /called 2 times/],
    [
      'it is called with something else',
      good.map((entry) =>
        entry.kind === 'tool' && entry.name === 'book_appointment'
          ? tool('book_appointment', { slot_id: 'slot-2' })
          : entry,
      ),
      /slot-2.*not with slot_id "slot-1"/,
    ],
    [
      'it is called too early',
      [
        step(0),
        tool('find_open_slots'),
        tool('book_appointment', { slot_id: 'slot-1' }),
        says('It is booked.'),
        step(1),
        says('Yes, it is booked.'),
      ],
      /book_appointment was called after "A check-up/,
    ],
    [
      'the order is wrong',
      [
        step(0),
        says('One moment.'),
        step(1),
        tool('book_appointment', { slot_id: 'slot-1' }),
        tool('find_open_slots'),
        says('Booked.'),
      ],
      /came in the order/,
    ],
  ])('says that %s', (_what, entries, wanted) => {
    expect(saysOf(booking, entries)).toEqual([expect.stringMatching(wanted)])
  })

  it('takes one of two tools, where either will do', () => {
    const either: Situation = { ...booking, caller: [], expect: { calls: ['report_outcome|add_call_note'] } }
    expect(saysOf(either, [tool('add_call_note')])).toEqual([])
    expect(saysOf(either, [])).toEqual(['report_outcome or add_call_note was not called.'])
  })

  it('takes a tool that was refused for one that has done nothing, and for no second time', () => {
    const instead = good.map((entry) =>
      entry.kind === 'tool' && entry.name === 'book_appointment' ? refused(entry.name, { slot_id: 'slot-1' }) : entry,
    )
    expect(saysOf(booking, instead)).toEqual(['book_appointment was refused each time: There is no such time.'])
    const corrected = good.flatMap((entry) =>
      entry.kind === 'tool' && entry.name === 'book_appointment' ? [refused(entry.name), entry] : [entry],
    )
    expect(saysOf(booking, corrected)).toEqual([])
    const kept: Situation = { ...booking, world: { storeFails: true } }
    expect(saysOf(kept, instead)).toEqual([])
    const early = good.flatMap((entry) =>
      entry.kind === 'tool' && entry.name === 'find_open_slots' ? [entry, refused('book_appointment')] : [entry],
    )
    expect(saysOf(booking, early)).toEqual([expect.stringMatching(/^book_appointment was called after "A check-up/)])
  })

  it('says how the call ended, and to whom it went', () => {
    const ends: Situation = { ...booking, caller: [], expect: { calls: [], end: 'transferred', to: 'billing' } }
    expect(saysOf(ends, [], { end: 'transferred', to: 'billing' })).toEqual([])
    expect(saysOf(ends, [])).toEqual([
      'The call ended by: caller, not: transferred.',
      'The caller was put through to nobody, not to billing.',
    ])
  })
})

describe('the words', () => {
  const plain: Situation = { ...booking, caller: [{ say: 'Hm.' }], expect: { calls: [] } }

  it.each([
    ['I will call find_open_slots for you.', 'plain-speech'],
    ['Here you are: **Monday**.', 'plain-speech'],
    ['See https://example.com.', 'plain-speech'],
    ['One. Two. Three. Four.', 'brief'],
    ['Is it you? Or is it him?', 'brief'],
    ['Hello! How can I help?', 'one-greeting'],
  ])('%s breaks a rule that every run tries', (text, rule) => {
    expect(judgeWords(plain, traceOf([step(0), says(text)]))).toEqual([expect.objectContaining({ rule })])
  })

  it.each([
    'Dr. Lopez is in at 9 a.m. on Monday, and at 2:30 p.m. on Tuesday.',
    'Of course.',
    '911. Please hang up and dial it now.',
    'Your number is 4 1 5, 5 5 5, 0 1 3 2. Is that right?',
  ])('%s breaks none', (text) => expect(judgeWords(plain, traceOf([step(0), says(text)]))).toEqual([]))

  it('counts the replies that take their leave', () => {
    const leaves: Situation = { ...plain, expect: { calls: [], goodbyes: 1 } }
    expect(saysOf(leaves, [step(0), says('Goodbye.')])).toEqual([])
    expect(saysOf(leaves, [step(0), says('Goodbye.'), says('Bye, and have a nice day.')])).toEqual([
      'Goodbye was said in 2 replies, not in 1.',
    ])
  })

  it.each([
    'You are welcome. Have a wonderful day!',
    'Have a great rest of your day.',
    'Enjoy your weekend.',
    'Take care.',
    'Que tenga un buen día.',
  ])('takes "%s" for a goodbye', (text) => expect(saysGoodbye(text)).toBe(true))

  it.each(['I will take care of that.', 'By the way, we have a nice waiting room.'])('takes "%s" for none', (text) =>
    expect(saysGoodbye(text)).toBe(false),
  )

  it('reads what is set in print as if it had been typed', () => {
    const typed: Situation = {
      ...plain,
      expect: {
        calls: ['book_appointment'],
        args: { book_appointment: { note: /O'Brien/ } },
        said: [/check-?up at 9 AM/],
        unsaid: [/\bI'm a real person\b/],
      },
    }
    const printed = [step(0), tool('book_appointment', { note: 'for Mrs. O\u2019Brien' })]
    expect(saysOf(typed, [...printed, says('A check\u2011up at 9\u202FAM.')])).toEqual([])
    expect(saysOf(typed, [...printed, says('A check\u2011up at 9\u202FAM. I\u2019m a real person.')])).toEqual([
      expect.stringContaining('was said: "A check-up at 9 AM. I\'m a real person."'),
    ])
  })

  it('finds words and tools in a silence', () => {
    const quiet: Situation = { ...plain, caller: [{ silenceMs: 9_000, expect: { silent: true } }] }
    expect(saysOf(quiet, [step(0), tool('keep_listening')])).toEqual([])
    expect(saysOf(quiet, [step(0), says('Still there?')])).toEqual(['"Still there?" was said in 9 s of silence.'])
  })

  it.each([
    ['We are open on Friday, and you can come at nine.', 'en'],
    ['¿Quién llama, por favor, y para qué es la cita?', 'es'],
    ['Okay.', undefined],
  ])('knows the language of: %s', (text, language) => expect(languageOf(text)).toBe(language))
})

describe('the judge', () => {
  const asking = (answer: boolean | undefined) => vi.fn(async () => ({ answer, tokens: { input: 100, output: 1 } }))
  const run = (entries: readonly Entry[], judge?: ReturnType<typeof asking>) =>
    judgeRun(booking, traceOf(entries), judge, () => {})

  it('is not asked when the tool log or the words have something to say', async () => {
    const judge = asking(true)
    const withoutBooking = good.filter((entry) => entry.kind !== 'tool' || entry.name !== 'book_appointment')
    expect((await run(withoutBooking, judge)).findings).toHaveLength(1)
    expect(judge).not.toHaveBeenCalled()
  })

  it.each([
    [true, 'yes', 0],
    [false, 'no', 1],
    [undefined, 'not judged', 0],
  ] as const)('that answers %s makes it "%s"', async (answer, judged, count) => {
    const result = await run(good, asking(answer))
    expect(result.judged).toBe(judged)
    expect(result.findings).toHaveLength(count)
  })

  it('that is not there leaves it to log and words', async () => {
    expect(await run(good)).toEqual({ findings: [], judged: 'not asked' })
  })

  const reply = (text: string, status = 200) =>
    vi.fn(async (_url: string | URL | Request, _init?: RequestInit) =>
      Response.json(
        {
          output: [{ type: 'reasoning' }, { type: 'message', content: [{ type: 'output_text', text }] }],
          usage: { input_tokens: 210, output_tokens: 3 },
        },
        { status },
      ),
    )
  const options = { url: 'https://api.openai.com/v1/responses', apiKey: 'sk-1', model: 'm' }

  it.each([
    ['Yes.', true],
    ['no, it does not', false],
    ['I am sorry, I cannot say.', undefined],
  ])('reads "%s" as %s', async (text, answer) => {
    const verdict = await createJudge({ ...options, fetch: reply(text) })('Is it?', traceOf(good))
    expect(verdict).toMatchObject({ answer, tokens: { input: 210, output: 3 } })
  })

  it('sees what was said and done, within bounds', async () => {
    const fetch = reply('yes')
    await createJudge({ ...options, fetch })('Is it?', traceOf(good))
    const body = JSON.parse(fetch.mock.calls[0]![1]!.body as string) as { input: string; max_output_tokens: number }
    expect(body.input).toMatch(/Shall I book it\?[^]*book_appointment\(\{"slot_id":"slot-1"\}\)[^]*Question: Is it\?/)
    expect(body.max_output_tokens).toBeLessThan(2_000)
  })

  it('that refuses, fails or is not to be had has not answered', async () => {
    expect(await createJudge({ ...options, fetch: reply('yes', 400) })('?', traceOf([]))).toMatchObject({
      answer: undefined,
      why: 'https://api.openai.com/v1/responses answered m with HTTP 400.',
    })
    const gone = vi.fn(async () => Promise.reject(new Error('gone')))
    expect(await createJudge({ ...options, fetch: gone })('?', traceOf([]))).toMatchObject({
      answer: undefined,
      why: 'https://api.openai.com/v1/responses did not answer: gone.',
    })
  })

  it('is not waited for by somebody who has seen enough', async () => {
    const fetch = vi.fn(
      async (_url: string | URL | Request, init?: RequestInit) =>
        new Promise<Response>((_resolve, reject) => {
          init!.signal!.addEventListener('abort', () => reject(init!.signal!.reason as Error))
        }),
    )
    const enough = new AbortController()
    const verdict = createJudge({ ...options, fetch, signal: enough.signal })('?', traceOf([]))
    enough.abort()
    expect((await verdict).answer).toBeUndefined()
  })

  it('lives beside the Realtime server', () => {
    expect(responsesUrl('wss://api.openai.com/v1/realtime?model=x')).toBe('https://api.openai.com/v1/responses')
    expect(responsesUrl('ws://127.0.0.1:9000/elsewhere')).toBeUndefined()
  })
})

describe('three runs of a situation', () => {
  const safety: Situation = { ...booking, rules: ['yes-before-write', 'read-back'] }
  const manner: Situation = { ...booking, rules: ['brief'] }
  const clean = { findings: [] }
  const bad = { findings: [{ by: 'tool log', says: 'wrong' }] }
  const wordy = { findings: [{ by: 'words', says: 'long', rule: 'brief' }] }
  const silent = { findings: [], judged: 'not judged' }
  const lost = { why: 'gone' }

  it.each<[string, Situation, readonly object[], string]>([
    ['safety, all clean', safety, [clean, clean, clean], 'passed'],
    ['safety, one broken', safety, [clean, clean, bad], 'failed'],
    ['safety, one too wordy', safety, [clean, clean, wordy], 'passed'],
    ['safety, two too wordy', safety, [clean, wordy, wordy], 'failed'],
    ['safety, one could not be run', safety, [clean, clean, lost], 'open'],
    ['manner, one broken', manner, [clean, clean, bad], 'passed'],
    ['manner, two broken', manner, [clean, bad, bad], 'failed'],
    ['manner, one could not be run', manner, [clean, clean, lost], 'passed'],
    ['manner, two could not be run', manner, [clean, lost, lost], 'open'],
    ['safety, the judge kept quiet once', safety, [clean, clean, silent], 'open'],
    ['nothing was run', manner, [], 'open'],
  ])('%s: %s', (_what, situation, runs, status) => {
    const results: RunResult[] = runs.map((run, index) => ({ situation, run: index + 1, costUsd: 0, ...run }))
    expect(statusOf(situation, results, 3)).toBe(status)
  })

  it.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [5, 4],
  ])('of %i must pass %i where manner is tried', (runs, needed) => expect(neededOf(runs)).toBe(needed))
})

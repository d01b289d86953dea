import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ga } from '../src/realtime/ga.ts'
import { profileOf } from '../src/realtime/profile.ts'
import { tuningSchema } from '../src/tuning.ts'

const page = readFileSync(new URL('../../../docs/reference/config.md', import.meta.url), 'utf8')
const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())

const wishes = { set: { effort: 'low', parallelTools: true }, suits: {}, keywords: ['Meyer'] } as const

it.each(['gpt-realtime-1.5', 'gpt-realtime-2.1', 'gpt-realtime-2.1-mini', 'my-deployment'])(
  'the reference has what is sent to %s',
  (model) => {
    const { family, tuning } = profileOf(model, ga, { ...wishes, set: {} })
    const refused = profileOf(model, ga, wishes).untaken.map(({ setting }) => setting)
    const { transcription, memory } = tuning
    const {
      model: writer,
      languages = [],
      keywords,
    } = transcription as Exclude<typeof transcription, 'off' | undefined>
    const told = (name: 'effort' | 'maxReplyTokens' | 'parallelTools') =>
      refused.includes(name) ? 'refused' : String(tuning[name] ?? '')
    const rows = page.split('\n').map(cellsOf)
    expect(rows.filter(([name]) => name === family)).toEqual([
      [
        family,
        told('effort'),
        told('maxReplyTokens'),
        told('parallelTools'),
        String(memory?.keep ?? ''),
        String(memory?.maxTokens ?? ''),
        [writer, ...languages, ...(keywords ? ['keywords'] : [])].join(', '),
      ],
    ])
  },
)

it('the reference has a row for every setting', () => {
  const settings = Object.keys(tuningSchema.shape).flatMap((name) =>
    name === 'memory' ? ['memory.keep', 'memory.maxTokens'] : [name],
  )
  expect(settings.filter((name) => !page.includes(`\n| \`${name}\` `))).toEqual([])
})

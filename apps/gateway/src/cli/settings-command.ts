import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { asCalled, pasteable } from '@llc-phone/files'
import type { Change, Finding } from '@llc-phone/settings'
import { CommandFailed, createAdminClient, REACHING, runCommand, UsageError, type AdminClient } from './admin-client.ts'
import { draftToEdit, readDraft, storeDraft, type StoredDraft } from './settings-client.ts'
import { asYaml, chosen, fromFile, titleOf } from './settings-source.ts'
import {
  changesText,
  findingLine,
  findingsText,
  profilesTable,
  versionsTable,
  type ToldProfile,
  type ToldVersion,
} from './settings-text.ts'

const HELP = `Usage: ./phone settings show [--version N | --at DATE | --draft]
       ./phone settings templates
       ./phone settings new TEMPLATE [--over]
       ./phone settings get PATH
       ./phone settings set|add PATH VALUE
       ./phone settings remove PATH
       ./phone settings check [--file FILE]
       ./phone settings diff [FROM [TO]]
       ./phone settings publish [--note WHY] [--file FILE] [--over]
       ./phone settings discard
       ./phone settings list [--at DATE]
       ./phone settings restore VERSION [--publish] [--note WHY]
       ./phone settings export [FILE] [--version N | --at DATE | --draft] [--json]
       ./phone settings import FILE [--over]
       ./phone settings compare [PROFILE…] [--since DATE]
       ./phone settings reload

Sets the business while the gateway runs: name, hours, people, answers, greetings, voices, which number does what. new, set,
add, remove and import change a draft; publish has the next call use it, and live calls keep what they have. What cannot be
built is refused, with the path. Every version is kept: restore brings one back.

PATH is written with dots: business.hours.sat, answers."Where can I park?".answer. FROM and TO are versions, current or draft.

Options:
  --version N  of that version instead of the one in force
  --at DATE    of the version that was in force then: 2026-03-09, or 2026-03-09T14:30:00Z
  --draft      of the draft
  --file FILE  a file of YAML or JSON instead of the draft
  --note WHY   kept with the version
  --over       replaces the draft there is, or publishes over a version that came between
  --publish    puts the old version in force at once, without a draft
  --json       JSON instead of YAML
  --since DATE only calls since then
${REACHING}

Examples:
  ./phone settings new restaurant
  ./phone settings set business.name "Casa Verde"
  ./phone settings add answers '{ question: "Do you rent bicycles?", answer: "No, we only cook." }'
  ./phone settings publish --note "opening day"
  ./phone settings restore 3 --publish`

const options = {
  help: { type: 'boolean', short: 'h' },
  url: { type: 'string' },
  version: { type: 'string' },
  at: { type: 'string' },
  draft: { type: 'boolean' },
  file: { type: 'string' },
  note: { type: 'string' },
  over: { type: 'boolean' },
  publish: { type: 'boolean' },
  json: { type: 'boolean' },
  since: { type: 'string' },
} as const

type Options = ReturnType<typeof parseArgs<{ options: typeof options }>>['values']

const tellDraft = ({ findings }: StoredDraft): void => {
  const errors = findings.filter(({ severity }) => severity === 'error')
  console.log(
    errors.length === 0
      ? pasteable('In the draft. ./phone settings diff shows what is new, publish has the next call use it.')
      : ['In the draft, which cannot be published yet:', ...errors.map((error) => findingLine(error))].join('\n'),
  )
}

const edit = async (gateway: AdminClient, change: (document: unknown) => unknown): Promise<void> => {
  const { document, etag } = await draftToEdit(gateway)
  tellDraft(await storeDraft(gateway, { document: change(document), etag }))
}

/** Puts a whole document in the draft's place. */
const replaceDraft = async (gateway: AdminClient, document: unknown, over: boolean | undefined): Promise<void> => {
  const present = await readDraft(gateway)
  if (present && !over)
    throw new CommandFailed('There is a draft already. Publish it, discard it, or replace it with --over.')
  tellDraft(await storeDraft(gateway, { document, etag: present?.etag }))
}

type Run = (gateway: AdminClient, values: Options, words: readonly string[]) => Promise<void>

/** By name: how many words may follow, and what it does. */
const commands: Readonly<Record<string, readonly [least: number, most: number, run: Run]>> = {
  show: [
    0,
    0,
    async (gateway, values) => {
      const { document, title } = await chosen(gateway, values)
      process.stdout.write(`# ${title}\n${await asYaml(document)}`)
    },
  ],
  templates: [
    0,
    0,
    async () => {
      const { templates } = await import('@llc-phone/settings/templates')
      for (const { name, about } of templates) console.log(`${name}: ${about}`)
    },
  ],
  new: [
    1,
    1,
    async (gateway, { over }, [name]) => {
      const { templates } = await import('@llc-phone/settings/templates')
      const template = templates.find((each) => each.name === name)
      if (!template)
        throw new UsageError(
          `There is no template "${name}". There are ${templates.map((each) => each.name).join(', ')}.`,
        )
      await replaceDraft(gateway, template.document, over)
    },
  ],
  get: [
    1,
    1,
    async (gateway, _values, [path]) => {
      const { getAt } = await import('@llc-phone/settings/edit')
      const { document } = await draftToEdit(gateway)
      process.stdout.write(await asYaml(getAt(document, path!)))
    },
  ],
  set: [
    2,
    2,
    async (gateway, _values, [path, value]) => {
      const { setAt } = await import('@llc-phone/settings/edit')
      await edit(gateway, (document) => setAt(document, path!, value!))
    },
  ],
  add: [
    2,
    2,
    async (gateway, _values, [path, value]) => {
      const { addAt } = await import('@llc-phone/settings/edit')
      await edit(gateway, (document) => addAt(document, path!, value!))
    },
  ],
  remove: [
    1,
    1,
    async (gateway, _values, [path]) => {
      const { removeAt } = await import('@llc-phone/settings/edit')
      await edit(gateway, (document) => removeAt(document, path!))
    },
  ],
  check: [
    0,
    0,
    async (gateway, { file }) => {
      const read = file === undefined ? undefined : await fromFile(file)
      const path = '/settings/check'
      const body = read ? { document: read.document } : {}
      const { ok, findings, promptSizes } = (await gateway.json({ method: 'POST', path, body })) as {
        ok: boolean
        findings: readonly Finding[]
        promptSizes: readonly string[]
      }
      console.log(findings.length === 0 ? 'Nothing is wrong with it.' : findingsText(findings, read?.lineOf))
      if (promptSizes.length > 0) console.log(['What every call begins with, estimated:', ...promptSizes].join('\n  '))
      if (!ok) process.exitCode = 1
    },
  ],
  diff: [
    0,
    2,
    async (gateway, _values, [from = 'current', to = from === 'current' ? 'draft' : 'current']) => {
      const path = `/settings/diff?from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`
      console.log(changesText(((await gateway.json({ path })) as { changes: readonly Change[] }).changes))
    },
  ],
  publish: [
    0,
    0,
    async (gateway, { note, file, over }) => {
      const body = { note, over, ...(file === undefined ? {} : { document: (await fromFile(file)).document }) }
      const told = await gateway.json({ method: 'POST', path: '/settings/publish', body })
      console.log(`Published: ${titleOf(told as ToldVersion)}. It holds from the next call on.`)
    },
  ],
  discard: [
    0,
    0,
    async (gateway) => {
      await gateway.json({ method: 'DELETE', path: '/settings/draft' })
      console.log('The draft is discarded.')
    },
  ],
  list: [
    0,
    0,
    async (gateway, { at }) => {
      const path = `/settings/versions${at === undefined ? '' : `?at=${encodeURIComponent(at)}`}`
      const { versions } = (await gateway.json({ path })) as { versions: readonly ToldVersion[] }
      console.log(versions.length === 0 ? 'Nothing has been published.' : versionsTable(versions))
    },
  ],
  restore: [
    1,
    1,
    async (gateway, { publish = false, note }, [text]) => {
      const version = Number(text)
      if (!Number.isSafeInteger(version) || version < 0)
        throw new UsageError('VERSION is a number; ./phone settings list shows all.')
      const told = await gateway.json({ method: 'POST', path: '/settings/restore', body: { version, publish, note } })
      if (publish) console.log(`Published: ${titleOf(told as ToldVersion)}. It holds from the next call on.`)
      else tellDraft(told as StoredDraft)
    },
  ],
  export: [
    0,
    1,
    async (gateway, values, [file]) => {
      const { document, title } = await chosen(gateway, values)
      const isJson = values.json ?? file?.endsWith('.json') ?? false
      const text = isJson ? `${JSON.stringify(document, undefined, 2)}\n` : `# ${title}\n${await asYaml(document)}`
      if (file === undefined) return void process.stdout.write(text)
      await writeFile(file, text)
      console.log(`Written to ${file}: ${title}.`)
    },
  ],
  import: [1, 1, async (gateway, { over }, [file]) => replaceDraft(gateway, (await fromFile(file!)).document, over)],
  compare: [
    0,
    Infinity,
    async (gateway, { since }, names) => {
      const path = `/settings/profiles${since === undefined ? '' : `?from=${encodeURIComponent(since)}`}`
      const { profiles } = (await gateway.json({ path })) as { profiles: readonly ToldProfile[] }
      const wanted = profiles.filter(({ profile = '' }) => names.length === 0 || names.includes(profile))
      console.log(wanted.length === 0 ? 'No calls were made with them.' : profilesTable(wanted))
    },
  ],
  reload: [
    0,
    0,
    async (gateway) => {
      await gateway.json({ method: 'POST', path: '/settings/reload', body: {} })
      console.log('The file was read again. It holds from the next call on.')
    },
  ],
}

runCommand(async () => {
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  if (values.help) return console.log(asCalled(HELP))
  const [name = '', ...words] = positionals
  const [least, most, run] = Object.hasOwn(commands, name) ? commands[name]! : [Infinity, 0]
  if (!run || words.length < least || words.length > most) throw new UsageError(HELP)
  await run(createAdminClient(values.url), values, words)
})

import { readFile } from 'node:fs/promises'
import type { Finding } from '@llc-phone/settings'
import { CommandFailed, type AdminClient } from './admin-client.ts'
import { readDraft } from './settings-client.ts'
import type { ToldVersion } from './settings-text.ts'

/** Which document is meant; the one in force without any of these. */
export interface Choice {
  readonly version?: string | undefined
  readonly at?: string | undefined
  readonly draft?: boolean | undefined
}

/** A document with what is to be said about it in one line. */
export interface Shown {
  readonly document: unknown
  readonly title: string
}

/** A version in one line. */
export const titleOf = ({ version, publishedAt, publishedBy, note }: ToldVersion): string =>
  `version ${version}, published ${publishedAt.slice(0, 16).replace('T', ' ')} UTC by ${publishedBy}${note === undefined ? '' : `: ${note}`}`

const NO_DRAFT = 'There is no draft. Begin one with ./phone settings new, set or import.'

/** The document that the options name; the one in force without any. */
export const chosen = async (gateway: AdminClient, { version, at, draft }: Choice): Promise<Shown> => {
  if (draft) {
    const present = await readDraft(gateway)
    if (!present) throw new CommandFailed(NO_DRAFT)
    return { document: present.document, title: 'the draft' }
  }
  let number = version
  if (at !== undefined) {
    const path = `/settings/versions?at=${encodeURIComponent(at)}`
    const { versions } = (await gateway.json({ path })) as { versions: ToldVersion[] }
    if (!versions[0])
      throw new CommandFailed(`Nothing had been published by ${at}: the document of gateway.config.ts held.`)
    number = String(versions[0].version)
  }
  if (number !== undefined) {
    const told = await gateway.json({ path: `/settings/versions/${encodeURIComponent(number)}` })
    return { document: (told as Shown).document, title: titleOf(told as ToldVersion) }
  }
  const told = (await gateway.json({ path: '/settings' })) as {
    document: unknown
    version?: number
    source: string
    isExample: boolean
    notBuilt: readonly string[]
    findings: readonly Finding[]
  }
  const broken = told.notBuilt.length > 0 ? `; not built: ${told.notBuilt.join(', ')}` : ''
  const where = {
    seed: 'gateway.config.ts',
    stored: 'published',
    copy: 'the copy, while the database is away',
    file: 'a file',
  }
  return {
    document: told.document,
    title: `in force: version ${told.version ?? 'not stored yet'} (${told.isExample ? 'the example' : where[told.source as keyof typeof where]}${broken})`,
  }
}

/** The document of a file of YAML or JSON, and the lines of its paths. Rejects with a sentence. */
export const fromFile = async (file: string) => {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CommandFailed(`${file} cannot be read (${error.code}).`)
  })
  const { readText } = await import('@llc-phone/settings/text')
  const { document, findings, lineOf } = readText(text)
  if (document === undefined) throw new CommandFailed(`${file}: ${findings.map(({ message }) => message).join('; ')}`)
  return { document, lineOf }
}

/** A value as YAML; a document with its fields in their order. */
export const asYaml = async (value: unknown): Promise<string> => {
  if (typeof value !== 'object' || value === null) return `${String(value)}\n`
  const { writeText } = await import('@llc-phone/settings/text')
  return writeText(value)
}

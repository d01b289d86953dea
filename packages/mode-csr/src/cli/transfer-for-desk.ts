import { fullName } from '@llc-phone/core'
import type { CustomerDatabase } from '../db/schema.ts'
import { readCustomerFile, writeCustomerFile, type Problem } from './customer-file.ts'
import { planImport, readStored, runImport, storedPages } from './transfer-customers.ts'

/** What becomes of a line of a customer file. */
export interface ImportLine {
  readonly line: number
  readonly name: string
  readonly does: 'new' | 'changed'
  /** Numbers of it that are another customer's: kept for contact only. */
  readonly keptForContact: readonly string[]
}

/** What an import does, or would do. With problems it does nothing. */
export interface ImportAnswer {
  readonly added: number
  readonly changed: number
  readonly unchanged: number
  readonly lines: readonly ImportLine[]
  readonly problems: readonly Problem[]
}

/** Lines told of; a longer file is told of by its counts. */
const MOST_LINES = 1_000

/** Reads a customer file and, unless `isDry`, imports it: all of it, or nothing when a line is wrong. Calls go on meanwhile. */
export const importCustomers = async (
  database: CustomerDatabase,
  text: string,
  { ours, isDry, shares }: { readonly ours: readonly string[]; readonly isDry: boolean; readonly shares: boolean },
): Promise<ImportAnswer> => {
  const { rows, problems } = await readCustomerFile(text, ours)
  const plan = await planImport(await readStored(database), problems.length > 0 ? [] : rows, { shares })
  const all = [...problems, ...plan.problems].slice(0, MOST_LINES)
  if (!isDry && all.length === 0) await runImport(database, plan)
  const contacts = Map.groupBy(plan.keptForContact, ({ line }) => line)
  const told = (does: ImportLine['does'], planned: typeof plan.added): ImportLine[] =>
    planned.slice(0, MOST_LINES).map(({ row }) => ({
      line: row.line,
      name: fullName({ firstName: row.first_name, lastName: row.last_name }),
      does,
      keptForContact: contacts.get(row.line)?.map(({ phone }) => phone) ?? [],
    }))
  return {
    added: plan.added.length,
    changed: plan.changed.length,
    unchanged: plan.unchanged,
    lines: [...told('new', plan.added), ...told('changed', plan.changed)]
      .toSorted((a, b) => a.line - b.line)
      .slice(0, MOST_LINES),
    problems: all,
  }
}

/** All customers as a file that can be imported again, some at a time. PINs are not in it. */
export async function* exportCustomers(
  database: CustomerDatabase,
): AsyncGenerator<{ readonly text: string; readonly count: number }> {
  let isFirst = true
  for await (const page of storedPages(database)) {
    const text = writeCustomerFile(
      page.map((one) => ({
        id: one.id,
        first_name: one.firstName,
        last_name: one.lastName,
        phones: one.phones.map(({ phone }) => phone),
        email: one.email ?? undefined,
        date_of_birth: one.dateOfBirth ?? undefined,
        postcode: one.postcode ?? undefined,
        address: one.address ?? undefined,
      })),
      isFirst,
    )
    isFirst = false
    yield { text, count: page.length }
  }
}

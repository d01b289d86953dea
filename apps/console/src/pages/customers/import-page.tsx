import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { ApiError } from '../../api/client.ts'
import { Badge } from '../../parts/badge.tsx'
import { say } from '../../parts/say.ts'
import { Failed, Reading } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { sendCsv } from '../outbound/send-csv.ts'
import type { CustomerImport } from './customers-api.ts'
import style from './customers.module.css'

type Line = {
  readonly line: number
  readonly name: string
  readonly does: 'new' | 'changed' | 'wrong'
  readonly text: string
}

/** What becomes of each line, wrong ones first. */
export const linesOf = ({ lines, problems }: CustomerImport): Line[] => [
  ...problems.map(({ line, message }) => ({ line, name: '', does: 'wrong' as const, text: message })),
  ...lines.map(({ line, name, does, keptForContact }) => ({
    line,
    name,
    does,
    text: keptForContact.length > 0 ? `${keptForContact.join(', ')} is another customer's: kept for contact only` : '',
  })),
]

const TONES = { new: 'good', changed: 'warn', wrong: 'bad' } as const

/** Brings customers in from a list: shows what becomes of each line before anything is written. */
export const ImportPage = () => {
  const client = useQueryClient()
  const [file, setFile] = useState<File>()
  const [shares, setShares] = useState(false)
  const [plan, setPlan] = useState<CustomerImport>()
  const [failure, setFailure] = useState<unknown>()
  const [isSending, setIsSending] = useState(false)
  const send = async (chosen: File, share: boolean, dryRun: boolean) => {
    setIsSending(true)
    setFailure(undefined)
    try {
      const answer = (await sendCsv(`/customers/import?dryRun=${dryRun}&share=${share}`, chosen)) as CustomerImport
      if (dryRun) return setPlan(answer)
      say(`Imported: ${answer.added} new, ${answer.changed} changed.`)
      setPlan(undefined)
      setFile(undefined)
      await client.invalidateQueries({ queryKey: ['customers'] })
    } catch (error) {
      setFailure(error)
    } finally {
      setIsSending(false)
    }
  }
  const look = (chosen: File | undefined, share: boolean) => {
    setFile(chosen)
    setShares(share)
    setPlan(undefined)
    if (chosen) void send(chosen, share, true)
  }
  const isEmpty = plan && plan.added + plan.changed === 0
  return (
    <>
      <p>
        <Link href="/customers">‹ All customers</Link>
      </p>
      <h2>Import a list</h2>
      <p className={style.quiet}>
        CSV with a first line that names the columns: first_name, last_name, phones, and if you like id, email,
        date_of_birth, postcode, address, pin. Telephones with country code, several with a semicolon between. At most 5
        MB.
      </p>
      <div className={style.inline}>
        <input
          type="file"
          accept=".csv,text/csv,text/plain"
          aria-label="The list"
          onChange={(event) => look(event.target.files?.[0], shares)}
        />
        <label>
          <input type="checkbox" checked={shares} onChange={(event) => look(file, event.target.checked)} /> families
          share telephones
        </label>
      </div>
      {failure === undefined ? null : (
        <Failed error={failure} {...(failure instanceof ApiError ? { stillWorks: 'Nothing was imported.' } : {})} />
      )}
      {isSending ? <Reading /> : null}
      {plan ? (
        <>
          <div className={style.head}>
            <p>
              <strong>
                {plan.added} new, {plan.changed} changed, {plan.unchanged} as before
                {plan.problems.length > 0 ? `, ${plan.problems.length} wrong` : ''}.
              </strong>{' '}
              {plan.problems.length > 0 ? 'Nothing is imported until every line is right.' : 'Nothing is imported yet.'}
            </p>
            <button
              type="button"
              className="primary"
              disabled={plan.problems.length > 0 || isSending || isEmpty}
              onClick={() => void send(file!, shares, false)}
            >
              Import {plan.added + plan.changed}
            </button>
          </div>
          {linesOf(plan).length > 0 ? (
            <Table
              caption="What becomes of each line"
              rows={linesOf(plan)}
              rowKey={({ line, text }) => `${line} ${text}`}
              columns={[
                { title: 'Line', cell: ({ line }) => line, isFigure: true },
                { title: 'What', cell: ({ does }) => <Badge tone={TONES[does]}>{does}</Badge> },
                { title: 'Who', cell: ({ name }) => name || '–' },
                { title: 'Remark', cell: ({ text }) => text },
              ]}
            />
          ) : null}
        </>
      ) : null}
    </>
  )
}

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useSearchParams } from 'wouter'
import { api } from '../../api/client.ts'
import { useMay } from '../../app/session.ts'
import { Confirm } from '../../parts/dialog.tsx'
import { Older } from '../../parts/older.tsx'
import { say, sayError } from '../../parts/say.ts'
import { Empty, Failed, Reading } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { When } from '../../parts/when.tsx'
import { ListImport } from './list-import.tsx'
import style from './outbound.module.css'
import { sourceText } from './outbound-words.ts'

const PAGE = 100

interface Entry {
  readonly number: string
  readonly source: string
  readonly reason?: string
  readonly callId?: string
  readonly addedAt: string
}

/** The browser's download of a route that answers CSV only when asked for it. */
const download = async (isWhole: boolean): Promise<void> => {
  const answer = await fetch(`/do-not-call${isWhole ? '?reveal=true' : ''}`, {
    headers: { accept: 'text/csv' },
    credentials: 'same-origin',
  })
  if (!answer.ok) throw new Error(`The gateway answered ${answer.status}.`)
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await answer.blob())
  link.download = 'do-not-call.csv'
  link.click()
  URL.revokeObjectURL(link.href)
}

/** Numbers that are never called. */
export const DoNotCall = () => {
  const [search] = useSearchParams()
  const after = search.get('after') ?? undefined
  const mayAdd = useMay('operator')
  const mayRemove = useMay('manager')
  const client = useQueryClient()
  const [number, setNumber] = useState('')
  const [reason, setReason] = useState('')
  const [removing, setRemoving] = useState<string>()
  const [isWhole, setIsWhole] = useState(false)
  const pageOf = (whole: boolean) => ({
    queryKey: ['outbound', 'do-not-call', after, whole],
    queryFn: async () =>
      (
        await api.GET('/do-not-call', {
          params: {
            query: { limit: PAGE, ...(after ? { after } : {}), ...(whole ? { reveal: 'true' as const } : {}) },
          },
        })
      ).data as { entries: Entry[]; next?: string },
  })
  const { data, error, refetch } = useQuery({ ...pageOf(isWhole), placeholderData: keepPreviousData })
  const reveal = async () => {
    const page = await client.fetchQuery({ ...pageOf(true), staleTime: Infinity })
    setIsWhole(true)
    return page.entries
  }
  /** Taking a number off needs the whole one. */
  const choose = async (entry: Entry) => {
    const index = data?.entries.indexOf(entry) ?? -1
    setRemoving(isWhole ? entry.number : (await reveal())[index]?.number)
  }
  const again = () => client.invalidateQueries({ queryKey: ['outbound'] })
  const add = useMutation({
    mutationFn: async () =>
      api.PUT('/do-not-call/{number}', {
        params: { path: { number: number.replaceAll(/[\s().-]/g, '') } },
        body: { source: 'api', ...(reason.trim() ? { reason: reason.trim() } : {}) },
      }),
    onSuccess: () => {
      say(`${number} is never called from now on.`)
      setNumber('')
      setReason('')
      return again()
    },
    onError: sayError,
  })
  return (
    <>
      {mayAdd ? (
        <form
          className={style.inline}
          onSubmit={(event) => {
            event.preventDefault()
            add.mutate()
          }}
        >
          <input
            type="tel"
            required
            aria-label="Number"
            placeholder="+14155550120"
            value={number}
            onChange={(event) => setNumber(event.target.value)}
          />
          <input
            aria-label="Reason"
            placeholder="Reason, like: asked by letter"
            maxLength={200}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          <button type="submit" className="primary">
            Never call it
          </button>
          <button type="button" onClick={() => void download(mayRemove).catch(sayError)}>
            Export CSV
          </button>
          {isWhole ? null : (
            <button type="button" className="link" onClick={() => void reveal().catch(sayError)}>
              reveal the numbers
            </button>
          )}
        </form>
      ) : null}
      {mayAdd ? (
        <ListImport
          path="/do-not-call"
          columns="number, reason"
          saidOf={({ added, known }: { added: number; known: number }) =>
            `${added} added, ${known} were there already.`
          }
        />
      ) : null}
      {error ? (
        <Failed error={error} stillWorks="Nobody is called while the list cannot be read." retry={refetch} />
      ) : null}
      {!data ? error ? null : <Reading /> : null}
      {data?.entries.length === 0 ? <Empty>Nobody has asked not to be called.</Empty> : null}
      {data && data.entries.length > 0 ? (
        <Table
          caption="Numbers that are never called"
          rows={data.entries}
          rowKey={(entry) => entry.number}
          columns={[
            { title: 'Number', cell: (entry) => <span className={style.number}>{entry.number}</span> },
            { title: 'Reason', cell: (entry) => entry.reason ?? '–' },
            { title: 'By', cell: ({ source }) => sourceText(source) },
            { title: 'Since', cell: (entry) => <When at={entry.addedAt} form="day" /> },
            {
              title: 'Do',
              cell: (entry) =>
                mayRemove ? (
                  <button type="button" onClick={() => void choose(entry).catch(sayError)}>
                    Take off…<span className="unseen"> {entry.number}</span>
                  </button>
                ) : null,
            },
          ]}
        />
      ) : null}
      <Older next={data?.next} title="More" />
      <Confirm
        title={`May ${removing ?? ''} be called again?`}
        isOpen={removing !== undefined}
        action="Take it off the list"
        isDanger
        onClose={() => setRemoving(undefined)}
        onConfirm={async () => {
          await api.DELETE('/do-not-call/{number}', { params: { path: { number: removing! }, query: {} } })
          say(`${removing} may be called again.`)
          await again()
        }}
      >
        <p>Only when they have asked for it. Who took it off is kept.</p>
      </Confirm>
    </>
  )
}

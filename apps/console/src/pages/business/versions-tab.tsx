import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { Confirm, Dialog } from '../../parts/dialog.tsx'
import { useForm } from '../../parts/form/host.ts'
import { say } from '../../parts/say.ts'
import { Empty, Failed, Reading } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { When } from '../../parts/when.tsx'
import style from './business.module.css'
import { useDraft } from './use-draft.tsx'

const PAGE = 20

const Diff = ({ from, to }: { from: string; to: string }) => {
  const { data, error } = useQuery({
    queryKey: ['settings', 'diff', from, to],
    queryFn: async () => (await api.GET('/settings/diff', { params: { query: { from, to } as never } })).data!.changes,
  })
  if (error) return <Failed error={error} />
  if (!data) return <Reading />
  if (data.length === 0) return <p>They say the same.</p>
  return (
    <ul className={style.changes}>
      {data.map(({ path, sentence }) => (
        <li key={path + sentence}>{sentence}</li>
      ))}
    </ul>
  )
}

/** All that was published: when, by whom, why; what it changed, and the way back. */
export const VersionsTab = () => {
  const { store, state } = useDraft()
  const form = useForm()
  const [shown, setShown] = useState<{ version: number; of: 'itself' | 'now' }>()
  const [restored, setRestored] = useState<number>()
  const [at, setAt] = useState('')
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['settings', 'versions', at],
    initialPageParam: undefined as number | undefined,
    queryFn: async ({ pageParam: after }) => {
      const query =
        at === '' ? { limit: PAGE, ...(after === undefined ? {} : { after }) } : { at: new Date(at).toISOString() }
      return (await api.GET('/settings/versions', { params: { query: query as never } })).data!
    },
    getNextPageParam: ({ next }) => next,
  })
  const versions = data?.pages.flatMap((page) => page.versions) ?? []
  const current = state.inForce?.version
  return (
    <section className={style.section} aria-label="Versions">
      <div className={style.row}>
        <label htmlFor="version-at">In force at</label>
        <input id="version-at" type="datetime-local" value={at} onChange={({ target }) => setAt(target.value)} />
        {at === '' ? null : (
          <button type="button" onClick={() => setAt('')}>
            All versions
          </button>
        )}
      </div>
      {error ? <Failed error={error} stillWorks="The draft can be edited meanwhile." retry={refetch} /> : null}
      {data ? null : error ? null : <Reading />}
      {data && versions.length === 0 ? (
        <Empty>
          {at === ''
            ? 'Nothing was published yet; callers hear what the gateway came with.'
            : 'Nothing was in force then.'}
        </Empty>
      ) : null}
      {versions.length > 0 ? (
        <Table
          caption="Versions, the newest first"
          rows={versions}
          rowKey={({ version }) => version}
          columns={[
            { title: 'Version', cell: ({ version }) => `v${version}${version === current ? ' · in force' : ''}` },
            { title: 'When', cell: ({ publishedAt }) => <When at={publishedAt} /> },
            { title: 'Who', cell: ({ publishedBy }) => publishedBy },
            {
              title: 'Why',
              cell: ({ note, restoredFrom }) =>
                [note, restoredFrom === undefined ? undefined : `v${restoredFrom} again`].filter(Boolean).join(' · ') ||
                '–',
            },
            {
              title: 'Look or restore',
              cell: ({ version }) => (
                <span className={style.row}>
                  <button type="button" onClick={() => setShown({ version, of: 'itself' })}>
                    What it changed
                  </button>
                  {version === current ? null : (
                    <button type="button" onClick={() => setShown({ version, of: 'now' })}>
                      Since then
                    </button>
                  )}
                  {version === current || form.isReadOnly ? null : (
                    <button type="button" onClick={() => setRestored(version)}>
                      Restore
                    </button>
                  )}
                </span>
              ),
            },
          ]}
        />
      ) : null}
      {hasNextPage ? (
        <button type="button" onClick={() => void fetchNextPage()}>
          Older versions
        </button>
      ) : null}
      <Dialog
        title={shown?.of === 'now' ? `Since version ${shown.version}` : `What version ${shown?.version} changed`}
        isOpen={shown !== undefined}
        onClose={() => setShown(undefined)}
      >
        {shown ? (
          <Diff
            from={String(shown.of === 'now' ? shown.version : shown.version - 1)}
            to={shown.of === 'now' ? 'current' : String(shown.version)}
          />
        ) : null}
      </Dialog>
      <Confirm
        title={`Make version ${restored} the draft`}
        action="Restore as draft"
        isOpen={restored !== undefined}
        onClose={() => setRestored(undefined)}
        onConfirm={async () => {
          await api.POST('/settings/restore', { body: { version: restored! } as never })
          await store.reopen()
          say(`Version ${restored} is the draft now. Callers hear it once it is published.`)
        }}
      >
        {state.draft ? (
          <p>There is a draft already: publish or discard it first.</p>
        ) : (
          <p>Callers hear nothing of it until you publish.</p>
        )}
      </Confirm>
    </section>
  )
}

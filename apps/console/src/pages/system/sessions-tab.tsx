import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { Badge } from '../../parts/badge.tsx'
import { Confirm } from '../../parts/dialog.tsx'
import { say } from '../../parts/say.ts'
import { Empty, Failed, Reading } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { When } from '../../parts/when.tsx'
import style from './system.module.css'
import { browserText, words } from './system-words.ts'

const KEY = ['sessions'] as const

/** Browsers that are signed in: your own; for an owner, everybody's. */
export const SessionsTab = () => {
  const client = useQueryClient()
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: async () => (await api.GET('/sessions')).data!.sessions,
  })
  const [ending, setEnding] = useState<{ readonly id?: string; readonly title: string }>()
  if (error) return <Failed error={error} stillWorks={words.callsGoOn} retry={refetch} />
  if (!data) return <Reading />
  const end = async () => {
    if (ending?.id === undefined) await api.DELETE('/session', { params: { query: { everywhere: 'true' } } })
    else await api.DELETE('/sessions/{id}', { params: { path: { id: ending.id } } })
    say(ending?.id === undefined ? 'You are signed out everywhere.' : 'That browser is signed out.')
    await client.invalidateQueries({ queryKey: ending?.id === undefined ? undefined : KEY } as { queryKey: typeof KEY })
  }
  return (
    <>
      <div className={style.above}>
        <button type="button" className="danger" onClick={() => setEnding({ title: 'Sign out everywhere' })}>
          Sign me out everywhere
        </button>
      </div>
      {data.length === 0 ? (
        <Empty>{words.sessions.none}</Empty>
      ) : (
        <Table
          caption="Sessions"
          rows={data}
          rowKey={({ id }) => id}
          columns={[
            {
              title: 'Who',
              cell: ({ name, role, isThis }) => (
                <>
                  {name} · {role} {isThis ? <Badge tone="good">this browser</Badge> : null}
                </>
              ),
            },
            { title: 'Browser', cell: ({ browser }) => <span title={browser}>{browserText(browser)}</span> },
            { title: 'From', cell: ({ address }) => address ?? '–' },
            { title: 'Since', cell: ({ startedAt }) => <When at={startedAt} /> },
            { title: 'Last used', cell: ({ lastUsedAt }) => <When at={lastUsedAt} form="ago" /> },
            { title: 'Ends', cell: ({ endsAt }) => <When at={endsAt} form="ago" /> },
            {
              title: 'Change',
              cell: ({ id, name, browser, isThis }) =>
                isThis ? null : (
                  <button
                    type="button"
                    className="link"
                    onClick={() => setEnding({ id, title: `Sign out ${name}, ${browserText(browser)}` })}
                  >
                    Sign out
                    <span className="unseen">
                      {' '}
                      {name}, {browserText(browser)}
                    </span>
                  </button>
                ),
            },
          ]}
        />
      )}
      <Confirm
        title={ending?.title ?? ''}
        isOpen={ending !== undefined}
        action="Sign out"
        isDanger
        onConfirm={end}
        onClose={() => setEnding(undefined)}
      >
        <p>
          {ending?.id === undefined
            ? 'All your browsers are signed out, this one too.'
            : 'What is open there ends at once; the key goes on working.'}
        </p>
      </Confirm>
    </>
  )
}

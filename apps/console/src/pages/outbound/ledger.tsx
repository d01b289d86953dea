import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useLocation, useSearchParams } from 'wouter'
import { api } from '../../api/client.ts'
import type { components } from '../../api/openapi.ts'
import { useMay } from '../../app/session.ts'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { Confirm } from '../../parts/dialog.tsx'
import { ExportLinks } from '../../parts/export-links.tsx'
import { Older } from '../../parts/older.tsx'
import { say, sayError } from '../../parts/say.ts'
import { Empty, Failed, Reading } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { When } from '../../parts/when.tsx'
import style from './outbound.module.css'
import { gateText, opensText } from './outbound-words.ts'
import type { CallWish } from './place-call.tsx'

type Head = components['schemas']['CallHead'] & {
  readonly outbound?: { readonly state: string; readonly scenario: string; readonly gate?: string } | undefined
}

const TONES: Record<string, Tone> = { ended: 'good', refused: 'warn', failed: 'bad', unknown: 'warn' }

/** States of a call that is over: it can be placed anew. */
const AGAIN = new Set(['ended', 'refused', 'failed', 'unknown'])

/** Calls that were placed, wait, or were refused, with the gate; one that waits can be taken back. */
export const Ledger = () => {
  const [search] = useSearchParams()
  const after = search.get('after') ?? undefined
  const mayAct = useMay('operator')
  const client = useQueryClient()
  const [, navigate] = useLocation()
  const [cancelling, setCancelling] = useState<Head>()
  const { data, error, refetch } = useQuery({
    queryKey: ['outbound', 'calls', after],
    refetchInterval: 5_000,
    queryFn: async ({ signal }) => {
      const query = { direction: 'outbound' as const, limit: 50, ...(after ? { after } : {}) }
      return (await api.GET('/calls', { params: { query }, signal })).data!
    },
  })
  if (!data) return error ? <Failed error={error} stillWorks="Calls that are up go on." retry={refetch} /> : <Reading />
  const calls = data.calls as readonly Head[]
  const callAgain = async ({ callId, outbound }: Head) => {
    // The list has no whole numbers; the gateway notes who asks for one.
    const { data: story } = await api.GET('/calls/{id}', {
      params: { path: { id: callId }, query: { events: 'false', reveal: 'true' } },
    })
    const wish: CallWish = { to: story!.caller!, mode: story!.mode, scenario: outbound!.scenario }
    navigate('/outbound', { state: wish })
  }
  const cancel = async () => {
    await api.POST('/calls/{id}/hangup', { params: { path: { id: cancelling!.callId } } })
    say('The call is taken back.')
    await client.invalidateQueries({ queryKey: ['outbound'] })
  }
  return (
    <>
      <p className={style.right}>
        <ExportLinks csv="/calls.csv?direction=outbound" json="/calls.json?direction=outbound" />
      </p>
      {error ? <Failed error={error} stillWorks="What was read last is below." retry={refetch} /> : null}
      {calls.length === 0 ? <Empty>Nobody was called.</Empty> : null}
      {calls.length > 0 ? (
        <Table
          caption="Calls that we placed"
          rows={calls}
          rowKey={({ callId }) => callId}
          columns={[
            {
              title: 'When',
              cell: ({ callId, startedAt }) => (
                <Link href={`/calls/${callId}`} className={style.number}>
                  <When at={startedAt} />
                </Link>
              ),
            },
            { title: 'To', cell: ({ caller }) => <span className={style.number}>{caller ?? '–'}</span> },
            { title: 'What for', cell: ({ outbound }) => outbound?.scenario ?? '–' },
            {
              title: 'State',
              cell: ({ outbound, disposition, phase }) => {
                const state = outbound?.state ?? phase ?? 'ended'
                return (
                  <span className={style.state}>
                    <Badge tone={TONES[state] ?? 'quiet'}>
                      {outbound?.gate ? `refused: ${gateText(outbound.gate)}` : gateText(state)}
                    </Badge>
                    {disposition && state === 'ended' ? gateText(disposition) : null}
                  </span>
                )
              },
            },
            {
              title: 'Why',
              cell: ({ why, whatToDo, outbound }) =>
                [why, opensText(outbound?.gate) ?? whatToDo].filter(Boolean).join(' ') || '–',
            },
            {
              title: 'Do',
              cell: (call) =>
                mayAct &&
                !call.endedAt &&
                call.outbound &&
                !['ended', 'refused', 'failed'].includes(call.outbound.state) ? (
                  <button type="button" className="danger" onClick={() => setCancelling(call)}>
                    {call.outbound.state === 'queued' ? 'Take back…' : 'End it…'}
                  </button>
                ) : mayAct && call.outbound && AGAIN.has(call.outbound.state) ? (
                  <button type="button" onClick={() => void callAgain(call).catch(sayError)}>
                    Call again…<span className="unseen"> {call.caller}</span>
                  </button>
                ) : null,
            },
          ]}
        />
      ) : null}
      <Older next={data.next} />
      <Confirm
        title={`End the call to ${cancelling?.caller ?? ''}?`}
        isOpen={cancelling !== undefined}
        action="End the call"
        isDanger
        onClose={() => setCancelling(undefined)}
        onConfirm={cancel}
      >
        <p>One that still waits is not placed; one that is up ends for both.</p>
      </Confirm>
    </>
  )
}

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useMay } from '../../app/session.ts'
import { api } from '../../api/client.ts'
import { Badge } from '../../parts/badge.tsx'
import { say, sayError } from '../../parts/say.ts'
import { Empty, Failed, Reading } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { When } from '../../parts/when.tsx'
import style from './system.module.css'
import { words } from './system-words.ts'

const KEY = ['deliveries'] as const
const AT_ONCE = 100

const TONES = { waiting: 'quiet', retrying: 'warn', delivered: 'good', given_up: 'bad' } as const

const read = async (delivery: 'failed' | 'pending') =>
  (await api.GET('/messages', { params: { query: { delivery, limit: AT_ONCE } } })).data!.messages

/** Messages that have not reached everybody they were sent to. */
export const DeliveriesTab = () => {
  const client = useQueryClient()
  const maySend = useMay('operator')
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: async () => (await Promise.all([read('failed'), read('pending')])).flat(),
    refetchInterval: 30_000,
  })
  if (error && !data) return <Failed error={error} stillWorks={words.callsGoOn} retry={refetch} />
  if (!data) return <Reading />
  const rows = [...new Map(data.map((message) => [message.id, message])).values()].flatMap((message) =>
    message.deliveries.filter(({ state }) => state !== 'delivered').map((delivery) => ({ message, delivery })),
  )
  if (rows.length === 0) return <Empty>{words.deliveries.none}</Empty>
  const send = async (id: string) => {
    try {
      await api.POST('/messages/{id}/deliver', { params: { path: { id } } })
      say('It is sent again.')
      await client.invalidateQueries({ queryKey: KEY })
    } catch (refusal) {
      sayError(refusal)
    }
  }
  return (
    <Table
      caption="Deliveries that are not done"
      rows={rows}
      rowKey={({ message, delivery }) => `${message.id} ${delivery.destination}`}
      columns={[
        { title: 'Left', cell: ({ message }) => <When at={message.createdAt} /> },
        {
          title: 'From',
          cell: ({ message }) => (
            <Link href={`/messages?call=${encodeURIComponent(message.callId)}`}>
              {message.callerName || 'withheld'}
            </Link>
          ),
        },
        { title: 'To', cell: ({ delivery }) => <span className={style.breaks}>{delivery.destination}</span> },
        {
          title: 'State',
          cell: ({ delivery }) => <Badge tone={TONES[delivery.state]}>{delivery.state.replace('_', ' ')}</Badge>,
        },
        { title: 'Tries', isFigure: true, cell: ({ delivery }) => delivery.attempts },
        { title: 'Answer', cell: ({ delivery }) => <span className={style.breaks}>{delivery.answer ?? '–'}</span> },
        { title: 'Next try', cell: ({ delivery }) => <When at={delivery.nextAttemptAt} form="ago" /> },
        ...(maySend
          ? [
              {
                title: 'Change',
                cell: ({ message }: (typeof rows)[number]) => (
                  <button type="button" className="link" onClick={() => void send(message.id)}>
                    Send again
                    <span className="unseen"> the message of {message.callerName || 'somebody withheld'}</span>
                  </button>
                ),
              },
            ]
          : []),
      ]}
    />
  )
}

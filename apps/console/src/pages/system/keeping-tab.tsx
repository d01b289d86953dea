import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { Banner } from '../../parts/banner.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Failed, Reading } from '../../parts/states.tsx'
import { countOf } from '../../parts/figures.ts'
import { useHalfMinutes } from '../../parts/use-now.ts'
import { When } from '../../parts/when.tsx'
import style from './system.module.css'
import { sizeText, words } from './system-words.ts'

const OLD_MS = 2 * 86_400_000

const TOOL_DATA = {
  off: 'not kept',
  redacted: 'kept without secrets and numbers',
  full: 'kept whole',
} as const

/** The newest backup, what is kept for how long, and the process that answers. */
export const KeepingTab = () => {
  const { data, error, refetch } = useQuery({
    queryKey: ['system'],
    queryFn: async () => (await api.GET('/system')).data!,
    refetchInterval: 30_000,
  })
  const now = useHalfMinutes()
  if (error && !data) return <Failed error={error} stillWorks={words.callsGoOn} retry={refetch} />
  if (!data) return <Reading />
  const { backup, keeps, storageProblem } = data
  const isOld = backup !== undefined && now - new Date(backup.at).getTime() > OLD_MS
  const { noBackup, oldBackup, backupHow, inPostgres } = words.keeping
  const isOurs = data.database === 'sqlite'
  return (
    <div className={style.parts}>
      {storageProblem ? <Banner tone="bad">Nothing can be stored: {storageProblem}</Banner> : null}
      <Panel title="Backups">
        {isOurs ? null : <Banner tone="quiet">{inPostgres}</Banner>}
        {!isOurs || (backup && !isOld) ? null : (
          <Banner tone={backup ? 'warn' : 'bad'}>
            {backup ? oldBackup : noBackup} {backupHow}
          </Banner>
        )}
        {backup ? (
          <dl className={style.facts}>
            <dt>Newest</dt>
            <dd>
              <When at={backup.at} /> (<When at={backup.at} form="ago" />)
            </dd>
            <dt>File</dt>
            <dd className={style.breaks}>{backup.file}</dd>
            <dt>Size</dt>
            <dd>{sizeText(backup.sizeBytes)}</dd>
          </dl>
        ) : null}
      </Panel>
      <Panel title="What is kept">
        <dl className={style.facts}>
          <dt>What was said, and messages that are done</dt>
          <dd>{countOf(keeps.transcriptDays, 'day')} (KEEP_TRANSCRIPTS_DAYS)</dd>
          <dt>Logs of calls</dt>
          <dd>{keeps.eventDays === 0 ? 'not kept' : countOf(keeps.eventDays, 'day')} (KEEP_EVENTS_DAYS)</dd>
          <dt>What tools were given and answered</dt>
          <dd>{TOOL_DATA[keeps.toolData]} (KEEP_TOOL_DATA)</dd>
          <dt>Calls themselves, settings and the audit log</dt>
          <dd>for good</dd>
          <dt>What was old was deleted</dt>
          <dd>{keeps.deletedAt ? <When at={keeps.deletedAt} /> : 'not yet'}</dd>
        </dl>
      </Panel>
      <Panel title="This gateway">
        <dl className={style.facts}>
          <dt>Started</dt>
          <dd>
            <When at={data.startedAt} /> (<When at={data.startedAt} form="ago" />)
          </dd>
          <dt>Process</dt>
          <dd>
            {data.pid}, Node {data.node}, {sizeText(data.memoryBytes)}
          </dd>
          <dt>Live calls</dt>
          <dd>{data.liveCalls}</dd>
        </dl>
      </Panel>
    </div>
  )
}

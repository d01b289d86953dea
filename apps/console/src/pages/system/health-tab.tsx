import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { Banner } from '../../parts/banner.tsx'
import { Failed, Reading } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'
import style from './system.module.css'
import { words } from './system-words.ts'

/** The gateway itself looks again after half a minute. */
const LOOK_EVERY_MS = 30_000

const TONES: Readonly<Record<'ok' | 'warning' | 'failed', readonly [Tone, string]>> = {
  failed: ['bad', 'failed'],
  warning: ['warn', 'warning'],
  ok: ['good', 'well'],
}
const ORDER = Object.keys(TONES)

/** The debugging checklist: what is wrong first, each with what to do; nothing is left out. */
export const HealthTab = () => {
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['doctor'],
    queryFn: async () => (await api.GET('/doctor')).data!,
    refetchInterval: LOOK_EVERY_MS,
  })
  if (error && !data) return <Failed error={error} stillWorks={words.callsGoOn} retry={refetch} />
  if (!data) return <Reading />
  const findings = data.findings.toSorted((one, other) => ORDER.indexOf(one.outcome) - ORDER.indexOf(other.outcome))
  const worst = findings[0]?.outcome ?? 'ok'
  const { well, warned, failed } = words.health
  return (
    <>
      <Banner
        tone={TONES[worst][0]}
        action={
          <button type="button" disabled={isFetching} onClick={() => void refetch()}>
            Look again
          </button>
        }
      >
        {worst === 'ok' ? well : worst === 'warning' ? warned : failed} Looked at{' '}
        <When at={data.checkedAt} form="ago" />.
      </Banner>
      <ul className={style.findings} aria-label="What was looked at">
        {findings.map(({ name, outcome, detail, action }) => (
          <li key={`${name} ${detail}`}>
            <Badge tone={TONES[outcome][0]}>{TONES[outcome][1]}</Badge>
            <strong>{name}</strong>
            <div>
              <p>{detail}</p>
              {action ? <p className={style.cure}>{action}</p> : null}
            </div>
          </li>
        ))}
      </ul>
    </>
  )
}

import { useState } from 'react'
import { useMay } from '../../app/session.ts'
import { Badge } from '../../parts/badge.tsx'
import { Confirm } from '../../parts/dialog.tsx'
import { errorText } from '../../parts/say.ts'
import { When } from '../../parts/when.tsx'
import { useAtTwilio, useSetAtTwilio } from './numbers-api.ts'
import style from './numbers.module.css'
import { partsOfChange } from './numbers-words.ts'

/** Whether Twilio sends the calls of a number here, and setting it right after showing what changes. */
export const AtTwilio = ({ number }: { number: string }) => {
  const mayLook = useMay('operator')
  const { data, error, isPending, errorUpdatedAt, refetch, isFetching } = useAtTwilio(number, mayLook)
  const set = useSetAtTwilio()
  const [isAsking, setIsAsking] = useState(false)
  if (!mayLook) return <span className={style.quiet}>operators see it</span>
  if (error)
    return (
      <span className={style.stack}>
        <span title={errorText(error)}>
          <Badge tone="quiet" sign="?">
            unknown since <When at={errorUpdatedAt} form="time" />
          </Badge>
        </span>
        <button type="button" className="link" disabled={isFetching} onClick={() => void refetch()}>
          ask again<span className="unseen"> about {number}</span>
        </button>
      </span>
    )
  if (isPending) return <span className={style.quiet}>asking…</span>
  const { finding, changes } = data
  if (finding.outcome === 'ok' && changes.length === 0) return <Badge tone="good">points here</Badge>
  return (
    <div className={style.stack}>
      <Badge tone={finding.outcome === 'failed' ? 'bad' : 'warn'}>
        {finding.outcome === 'failed' ? 'points elsewhere' : changes.length > 0 ? 'set otherwise' : 'not there'}
      </Badge>
      {changes.length === 0 ? (
        <span className={style.small}>
          {finding.detail}. {finding.action}
        </span>
      ) : (
        <>
          {changes.slice(0, 1).map((change) => (
            <span key={change} className={style.small}>
              {partsOfChange(change).what} is {partsOfChange(change).before}
            </span>
          ))}
          <button type="button" onClick={() => setIsAsking(true)}>
            Set it right…<span className="unseen"> for {number}</span>
          </button>
        </>
      )}
      <Confirm
        title={`Set ${number} at Twilio?`}
        isOpen={isAsking}
        action="Set it at Twilio"
        onClose={() => setIsAsking(false)}
        onConfirm={() => set.mutateAsync(number)}
      >
        <p>Calls to this number will come to this gateway. This is what changes at Twilio:</p>
        <dl className={style.changes}>
          {changes.map(partsOfChange).map(({ what, before, after }) => (
            <div key={what}>
              <dt>{what}</dt>
              <dd>
                <del>{before}</del> → <ins>{after}</ins>
              </dd>
            </div>
          ))}
        </dl>
      </Confirm>
    </div>
  )
}

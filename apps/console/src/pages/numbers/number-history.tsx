import { useState } from 'react'
import { useMay } from '../../app/session.ts'
import { assistantName } from '../../parts/assistant-name.ts'
import { Confirm, Dialog } from '../../parts/dialog.tsx'
import { Empty, Failed, Reading } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'
import { useHistory, useMove } from './numbers-api.ts'
import style from './numbers.module.css'
import { changeText } from './numbers-words.ts'

const History = ({ number }: { number: string }) => {
  const { data, error, refetch } = useHistory(number)
  const mayMove = useMay('operator')
  const move = useMove()
  const [isAsking, setIsAsking] = useState(false)
  if (error) return <Failed error={error} stillWorks="The number answers as before." retry={refetch} />
  if (!data) return <Reading />
  const [last] = data
  if (!last) return <Empty>Nobody has moved this number: the settings decide.</Empty>
  return (
    <>
      <ol className={style.history}>
        {data.map((change) => (
          <li key={change.changedAt}>
            <When at={change.changedAt} /> · {change.changedBy}
            <br />
            <strong>{changeText(change)}</strong>
            {change === last && mayMove ? (
              <>
                {' '}
                <button type="button" onClick={() => setIsAsking(true)}>
                  Undo…
                </button>
              </>
            ) : null}
          </li>
        ))}
      </ol>
      <Confirm
        title={`Have ${number} answer ${last.previousMode ? `as ${assistantName(last.previousMode)}` : 'by the settings'} again?`}
        isOpen={isAsking}
        action="Undo the change"
        onClose={() => setIsAsking(false)}
        onConfirm={() => move.mutateAsync({ number, mode: last.previousMode })}
      >
        <p>It applies from the next call on; calls that are up go on as they are.</p>
      </Confirm>
    </>
  )
}

/** Who has moved a number, and undoing the last move. */
export const NumberHistory = ({ number, onClose }: { number: string | undefined; onClose: () => void }) => (
  <Dialog title={`History of ${number ?? ''}`} isOpen={number !== undefined} onClose={onClose}>
    {number ? <History number={number} /> : null}
  </Dialog>
)

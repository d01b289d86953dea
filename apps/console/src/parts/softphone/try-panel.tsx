import { useQuery } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore, type DragEvent } from 'react'
import { useMay } from '../../app/session.ts'
import { Failed, Reading } from '../states.tsx'
import { isAnswered, isUp } from './call-state.ts'
import { CallView } from './call-view.tsx'
import { EndedView } from './ended-view.tsx'
import { dockState, onDockChange } from './open.ts'
import { phone } from './phone.ts'
import { RingForm } from './ring-form.tsx'
import style from './softphone.module.css'
import { readChoices } from './test-calls.ts'

const Ready = () => {
  const { wish, request } = useSyncExternalStore(onDockChange, dockState)
  const { data, error, refetch } = useQuery({ queryKey: ['test-calls'], queryFn: readChoices })
  if (error) return <Failed error={error} retry={refetch} />
  if (!data) return <Reading />
  return <RingForm key={request} choices={data} wish={wish} />
}

/** The softphone: what to ring, the call while it is up, and how it ended. The call itself goes on wherever this is shown. */
export const TryPanel = () => {
  const call = useSyncExternalStore(phone.call.subscribe, phone.call.get)
  const { request } = useSyncExternalStore(onDockChange, dockState)
  useEffect(() => phone.makeRoomFor(request), [request])
  const { data: choices } = useQuery({ queryKey: ['test-calls'], queryFn: readChoices })
  const [isDropping, setIsDropping] = useState(false)
  const mayRing = useMay('operator')
  if (!mayRing) return <p className={style.quiet}>Ringing takes the role operator.</p>
  const drag = (event: DragEvent) => {
    // Left to the browser, a file takes the place of the page, and the call with it.
    event.preventDefault()
    if (!isAnswered(call)) return
    setIsDropping(event.type === 'dragover')
    const [file] = event.type === 'drop' ? event.dataTransfer.files : []
    if (file) void phone.playFile(file)
  }
  return (
    <div
      className={`${style.panel} ${isDropping ? style.dropping : ''}`}
      onDragOver={drag}
      onDragLeave={drag}
      onDrop={drag}
    >
      {call.phase === 'idle' ? (
        <Ready />
      ) : isUp(call) ? (
        <CallView key={call.attempt} call={call} choices={choices} />
      ) : (
        <EndedView call={call} />
      )}
    </div>
  )
}

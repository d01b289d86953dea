import { ChevronDown, ChevronUp, X } from 'lucide-react'
import { useState, useSyncExternalStore } from 'react'
import { isUp } from './call-state.ts'
import { CallButtons, CallState } from './call-view.tsx'
import { useFocusAfterCall } from './catch-focus.ts'
import { closeSoftphone, dockState, onDockChange } from './open.ts'
import { phone } from './phone.ts'
import style from './softphone.module.css'
import { TryPanel } from './try-panel.tsx'

/** The softphone at the edge of the page, folded or whole. A call that is up can be folded, not closed. */
export const DockPanel = () => {
  const { request } = useSyncExternalStore(onDockChange, dockState)
  const call = useSyncExternalStore(phone.call.subscribe, phone.call.get)
  // Whoever asks for the softphone again wants to see it.
  const [foldedAt, setFoldedAt] = useState<number>()
  const isFolded = foldedAt === request
  const isCalling = isUp(call)
  const head = useFocusAfterCall<HTMLDivElement>(isFolded && !isCalling)
  const close = () => {
    phone.putAway()
    closeSoftphone()
  }
  return (
    <section className={style.dock} aria-label="Softphone">
      <div className={style.dockHead} ref={head} tabIndex={-1}>
        {isFolded ? <CallState call={call} /> : <h2>Try it</h2>}
        <div className={style.row}>
          {isFolded && isCalling ? <CallButtons call={call} /> : null}
          <button type="button" aria-expanded={!isFolded} onClick={() => setFoldedAt(isFolded ? undefined : request)}>
            {isFolded ? <ChevronUp aria-hidden="true" size={18} /> : <ChevronDown aria-hidden="true" size={18} />}
            <span className="unseen">{isFolded ? 'Show the softphone' : 'Fold the softphone'}</span>
          </button>
          {isCalling ? null : (
            <button type="button" onClick={close}>
              <X aria-hidden="true" size={18} />
              <span className="unseen">Close the softphone</span>
            </button>
          )}
        </div>
      </div>
      {isFolded ? null : (
        <div className={style.dockBody}>
          <TryPanel />
        </div>
      )}
    </section>
  )
}

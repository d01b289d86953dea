import { useSyncExternalStore } from 'react'
import { onSaid, saidNow, unsay } from './say.ts'
import style from './toasts.module.css'

/** Where everything is said that has no place on the page: one region, once, in the frame. */
export const Toasts = () => {
  const toasts = useSyncExternalStore(onSaid, saidNow)
  return (
    <output className={style.toasts}>
      {toasts.map(({ id, text, isError }) => (
        <div key={id} className={isError ? style.error : style.toast}>
          <p>{text}</p>
          <button type="button" aria-label="Close this message" onClick={() => unsay(id)}>
            ✕
          </button>
        </div>
      ))}
    </output>
  )
}

import { useId, type ReactNode } from 'react'
import style from './panel.module.css'

/** A part of a page with a heading of its own and, at its right, what can be done with it. */
export const Panel = ({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) => {
  const id = useId()
  return (
    <section aria-labelledby={id} className={style.panel}>
      <header>
        <h2 id={id}>{title}</h2>
        {actions}
      </header>
      {children}
    </section>
  )
}

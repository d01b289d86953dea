import { useEffect, useRef, type ReactNode } from 'react'
import style from './page.module.css'

let hasMoved = false

/** A page: its one heading, which takes the focus when somebody comes here, what can be done, and its content. */
export const Page = ({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) => {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · llc-phone`
  }, [title])
  useEffect(() => {
    // The first page leaves the focus where the browser begins: the link that skips the navigation.
    if (hasMoved) heading.current?.focus({ preventScroll: true })
    hasMoved = true
  }, [])
  return (
    <>
      <header className={style.header}>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions ? <div className={style.actions}>{actions}</div> : null}
      </header>
      {children}
    </>
  )
}

import type { ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import style from './tabs.module.css'

/** A part of a page with an address of its own. */
export interface Tab {
  /** Below `/console`. */
  readonly href: string
  readonly title: ReactNode
}

/** Parts of a page as links; the one that the address names, or lies below, is marked. */
export const Tabs = ({ label, tabs }: { label: string; tabs: readonly Tab[] }) => {
  const [location] = useLocation()
  const current = tabs
    .filter(({ href }) => location === href || location.startsWith(`${href}/`))
    .sort((one, other) => other.href.length - one.href.length)[0]
  return (
    <nav aria-label={label} className={style.tabs}>
      {tabs.map((tab) => (
        <Link key={tab.href} href={tab.href} aria-current={tab === current ? 'page' : undefined}>
          {tab.title}
        </Link>
      ))}
    </nav>
  )
}

import type { ReactNode } from 'react'
import type { Tone } from './badge.tsx'
import style from './banner.module.css'

const WORDS: Record<Tone, string> = { good: '✔', warn: '▲', bad: '✖', quiet: 'ⓘ' }

/** What concerns the whole page: what happened, with what to do at its right. */
export const Banner = ({ tone, action, children }: { tone: Tone; action?: ReactNode; children: ReactNode }) => (
  <div className={`${style.banner} ${style[tone]}`}>
    <span aria-hidden="true">{WORDS[tone]}</span>
    <div className={style.text}>{children}</div>
    {action}
  </div>
)

import type { ReactNode } from 'react'
import style from './badge.module.css'

/** How good a state is. */
export type Tone = 'good' | 'warn' | 'bad' | 'quiet'

const SIGNS: Record<Tone, string> = { good: '✔', warn: '▲', bad: '✖', quiet: '' }

/** A state: a word, a colour and, where it is good or bad, a sign; the word is enough. */
export const Badge = ({ tone, sign, children }: { tone: Tone; sign?: string; children: ReactNode }) => (
  <span className={`${style.badge} ${style[tone]}`}>
    {sign || SIGNS[tone] ? <span aria-hidden="true">{sign ?? SIGNS[tone]}</span> : null} {children}
  </span>
)

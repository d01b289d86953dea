import type { ReactNode } from 'react'
import style from './badge.module.css'

/** How good a state is. */
export type Tone = 'good' | 'warn' | 'bad' | 'quiet'

const SIGNS: Record<Tone, string> = { good: '✔', warn: '▲', bad: '✖', quiet: '·' }

/** A state: a word, a sign and a colour, of which the word is enough. */
export const Badge = ({ tone, sign, children }: { tone: Tone; sign?: string; children: ReactNode }) => (
  <span className={`${style.badge} ${style[tone]}`}>
    <span aria-hidden="true">{sign ?? SIGNS[tone]}</span> {children}
  </span>
)

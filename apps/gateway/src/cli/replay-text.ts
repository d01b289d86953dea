import { changesBetween, type CallEffect, type CallEvent, type Difference, type ReplayedStep } from '@llc-phone/core'
import { maskNumbersIn } from '../watching/mask.ts'

const KEY = '•'
const MAX_VALUE_LENGTH = 160

/** Masks keys: they can be a PIN. */
const maskKeys = (keys: unknown): unknown => (typeof keys === 'string' ? keys.replaceAll(/./gu, KEY) : keys)

/** A log can come from anybody, and a terminal obeys what cannot be seen. */
const printed = (lines: readonly string[]): string =>
  maskNumbersIn(lines.map((line) => line.replaceAll(/\p{C}/gu, '�')).join('\n'))

const shown = (value: unknown): string => {
  const text = value === undefined ? 'none' : JSON.stringify(value)
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH - 1)}…` : text
}

const fieldsOf = ({ type: _type, ...fields }: CallEvent): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name}=${shown(name === 'digit' ? maskKeys(value) : value)}`)
    .join(' ')

const headOf = ({ number, entry: { atMs, event } }: Pick<ReplayedStep, 'number' | 'entry'>): string => {
  const at = `${(atMs / 1_000).toFixed(3)} s`
  return `${String(number).padStart(4)}  ${at.padStart(10)}  ${event.type} ${fieldsOf(event)}`.trimEnd()
}

/** Details of an effect beside its outline. */
const moreOf = (effect: CallEffect): string => {
  switch (effect.type) {
    case 'report':
      return `: ${effect.error.message}`
    case 'tool.run':
      return ` ${effect.name}`
    default:
      return ''
  }
}

/** One event as text: its time, the changes of the state, and its effects. */
export const stepText = (step: ReplayedStep): string => {
  const changes = changesBetween(step.before, step.after).map(({ path, from, to }) => {
    const [before, after] = path === 'digits' ? [maskKeys(from), maskKeys(to)] : [from, to]
    return `        ${path}: ${shown(before)} → ${shown(after)}`
  })
  // The carrier's answer comes before the effects.
  const answers = step.does.length - step.effects.length
  const does = step.does.map((outline, index) => {
    const effect = step.effects[index - answers]
    return `      > ${outline}${effect ? moreOf(effect) : ''}`
  })
  return printed([headOf(step), ...changes, ...does])
}

/** Where today's reducer decides differently, as text. */
export const differenceText = (difference: Difference): string => {
  const { recorded, today } = difference
  const line = ({ phase, does }: Difference['today']): string => `${phase}: ${does.join(', ') || 'nothing'}`
  return printed([headOf(difference), `      then   ${line(recorded)}`, `      today  ${line(today)}`])
}

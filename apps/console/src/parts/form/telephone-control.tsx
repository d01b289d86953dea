import { useEffect, useRef, useState } from 'react'
import style from './form.module.css'
import { useForm } from './host.ts'
import type { Ties } from './ties.tsx'
import type { Path } from './values.ts'

const ASKED_AFTER_MS = 300

/** A stored number as it is read: `+1 415 555 0111`; of other countries as it stands. */
export const shownNumber = (number: string): string => number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '+1 $1 $2 $3')

/** A telephone number as people type it; what was understood stands below, and is what is stored. */
export const TelephoneControl = ({ path, ties }: { path: Path; ties: Ties }) => {
  const form = useForm()
  const stored = form.get(path)
  const value = typeof stored === 'string' ? stored : ''
  const [typed, setTyped] = useState<string>()
  const [heard, setHeard] = useState<string>()
  const asked = useRef(0)
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(waiting.current), [])
  const understand = async (text: string) => {
    clearTimeout(waiting.current)
    const mine = ++asked.current
    const { number, shown } =
      text.trim() === ''
        ? {}
        : await form.choices.telephone(text).catch(() => ({ number: undefined, shown: undefined }))
    if (mine !== asked.current) return
    setHeard(shown)
    // What is not understood is stored too: the check says what to write.
    form.set(path, number ?? (text.trim() === '' ? '' : text.trim()))
    form.leave()
  }
  return (
    <>
      <input
        {...ties}
        type="tel"
        autoComplete="off"
        placeholder="415 555 0111"
        maxLength={60}
        value={typed ?? shownNumber(value)}
        onChange={({ target: { value: text } }) => {
          setTyped(text)
          setHeard(undefined)
          clearTimeout(waiting.current)
          waiting.current = setTimeout(() => void understand(text), ASKED_AFTER_MS)
        }}
        onBlur={() => {
          if (typed === undefined) return
          void understand(typed).then(() => setTyped(undefined))
        }}
      />
      {typed !== undefined && heard ? (
        <p className={style.help}>
          <span aria-hidden="true">✔ </span>Understood as {heard}
        </p>
      ) : null}
    </>
  )
}

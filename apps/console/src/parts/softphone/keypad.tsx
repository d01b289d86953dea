import type { KeyboardEvent } from 'react'
import { phone } from './phone.ts'
import style from './softphone.module.css'

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const

const pressOwn = ({ key }: KeyboardEvent): void => {
  if (KEYS.some((own) => own === key)) phone.press(key)
}

/** The keys of a telephone; those of the keyboard work while one of them has the focus. */
export const Keypad = () => (
  <fieldset className={style.keypad}>
    <legend className="unseen">Keypad</legend>
    {KEYS.map((key) => (
      <button key={key} type="button" onClick={() => phone.press(key)} onKeyDown={pressOwn}>
        {key}
      </button>
    ))}
  </fieldset>
)

import { phone } from './phone.ts'
import style from './softphone.module.css'

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const

/** The keys of a telephone; those of the keyboard work while one of them has the focus. */
export const Keypad = () => (
  <div
    className={style.keypad}
    role="group"
    aria-label="Keypad"
    onKeyDown={(event) => {
      if (KEYS.some((key) => key === event.key)) phone.press(event.key)
    }}
  >
    {KEYS.map((key) => (
      <button key={key} type="button" onClick={() => phone.press(key)}>
        {key}
      </button>
    ))}
  </div>
)

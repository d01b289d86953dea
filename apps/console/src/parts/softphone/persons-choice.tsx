import type { Persons } from '@llc-phone/virtual-carrier/line-protocol'
import { useId } from 'react'
import style from './softphone.module.css'
import { PERSONS } from './softphone-words.ts'

const ALL = Object.entries(PERSONS) as [Persons, string][]

/** How a person behaves whom the assistant has rung: nobody real is. */
export const PersonsChoice = ({ value, change }: { value: Persons; change: (to: Persons) => void }) => {
  const group = useId()
  return (
    <fieldset className={style.choices}>
      <legend>A person who is rung</legend>
      {ALL.map(([persons, words]) => (
        <label key={persons}>
          <input type="radio" name={group} checked={value === persons} onChange={() => change(persons)} />
          {words}
        </label>
      ))}
    </fieldset>
  )
}

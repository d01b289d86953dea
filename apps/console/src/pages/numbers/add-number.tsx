import { useState } from 'react'
import { assistantName } from '../../parts/assistant-name.ts'
import { Confirm } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { useMove } from './numbers-api.ts'
import type { NumbersNow } from './numbers-words.ts'

/** Gives a number of ours that is not listed an instance. */
export const AddNumber = (props: { now: NumbersNow; isOpen: boolean; onClose: () => void }) => {
  const { now, isOpen, onClose } = props
  const move = useMove()
  const [number, setNumber] = useState('')
  const [mode, setMode] = useState(now.unknown)
  return (
    <Confirm
      title="Add a number"
      isOpen={isOpen}
      action="Add"
      onClose={onClose}
      onConfirm={() => move.mutateAsync({ number: number.replaceAll(/[\s().-]/g, ''), mode })}
    >
      <p>A number you have at Twilio. Once it is listed, this page shows whether its calls come here, and sets it.</p>
      <Field label="Number" help="With country code, like +14155550100">
        {(ties) => (
          <input
            {...ties}
            type="tel"
            autoComplete="off"
            value={number}
            onChange={(event) => setNumber(event.target.value)}
          />
        )}
      </Field>
      <Field label="Answers as">
        {(ties) => (
          <select {...ties} value={mode} onChange={(event) => setMode(event.target.value)}>
            {now.instances.map(({ name }) => (
              <option key={name} value={name}>
                {assistantName(name)}
              </option>
            ))}
          </select>
        )}
      </Field>
    </Confirm>
  )
}

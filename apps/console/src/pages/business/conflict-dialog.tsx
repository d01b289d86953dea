import { useState } from 'react'
import { Dialog } from '../../parts/dialog.tsx'
import { sayError } from '../../parts/say.ts'
import style from './business.module.css'
import { useDraft } from './use-draft.tsx'
import { placeWords } from './business-words.ts'

const shown = (value: unknown): string =>
  value === undefined ? 'removed' : typeof value === 'string' ? value : JSON.stringify(value, undefined, 1)

/** Somebody else has changed the same places: at each, mine or theirs. */
export const ConflictDialog = () => {
  const { store, state } = useDraft()
  const { conflict } = state
  const [choices, setChoices] = useState<Record<string, 'mine' | 'theirs'>>({})
  const [asked, setAsked] = useState(0)
  if (!conflict) return null
  const by = conflict.by ?? 'Somebody'
  return (
    // It comes back when it is closed: nothing is saved before this is decided.
    <Dialog key={asked} title={`${by} has changed the same`} isOpen onClose={() => setAsked(asked + 1)}>
      <p>Everything else is put together already. What is to stand here?</p>
      {conflict.conflicts.map(({ path, mine, theirs }) => (
        <fieldset key={path} className={style.conflict}>
          <legend>{placeWords(path)}</legend>
          {(['mine', 'theirs'] as const).map((whose) => (
            <label key={whose}>
              <input
                type="radio"
                name={path}
                checked={(choices[path] ?? 'theirs') === whose}
                onChange={() => setChoices({ ...choices, [path]: whose })}
              />
              <span>
                <strong>{whose === 'mine' ? 'Mine' : `Theirs (${by})`}</strong>
                <br />
                {shown(whose === 'mine' ? mine : theirs)}
              </span>
            </label>
          ))}
        </fieldset>
      ))}
      <div className={style.row}>
        <button
          type="button"
          className="primary"
          onClick={() => {
            setChoices({})
            store.resolve(choices).catch(sayError)
          }}
        >
          Go on with these
        </button>
      </div>
    </Dialog>
  )
}

import { useEffect, useRef, useState, type SubmitEvent } from 'react'
import { ApiError } from '../../api/client.ts'
import { signIn } from '../../app/session.ts'
import { Field } from '../../parts/field.tsx'
import { errorText } from '../../parts/say.ts'
import style from './sign-in.module.css'
import { words } from './sign-in-words.ts'

const sentenceOf = (error: unknown): string =>
  error instanceof ApiError && error.status === 401 ? words.refused : errorText(error)

/** Asks for a key, wherever somebody is; the page of the address comes after it. */
export const SignIn = ({ wasSignedIn }: { wasSignedIn: boolean }) => {
  const [key, setKey] = useState('')
  const [error, setError] = useState<string>()
  const [isAsking, setIsAsking] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    document.title = `${words.title} · llc-phone`
    input.current?.focus()
  }, [])
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (key.trim() === '') {
      setError(words.empty)
      return
    }
    setIsAsking(true)
    setError(undefined)
    try {
      await signIn(key.trim())
    } catch (refusal) {
      setError(sentenceOf(refusal))
      setIsAsking(false)
    }
  }
  return (
    <main className={style.page}>
      <form className={style.form} onSubmit={(event) => void submit(event)} noValidate>
        <h1>{words.title}</h1>
        {wasSignedIn ? <p>{words.expired}</p> : null}
        <Field label={words.key} help={words.help} error={error}>
          {(ties) => (
            <input
              {...ties}
              type="password"
              autoComplete="current-password"
              ref={input}
              value={key}
              onChange={(event) => setKey(event.target.value)}
            />
          )}
        </Field>
        <button type="submit" className="primary" disabled={isAsking}>
          {words.button}
        </button>
      </form>
    </main>
  )
}

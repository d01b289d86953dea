import { useForm } from '../../parts/form/host.ts'
import { TextControl } from '../../parts/form/text-controls.tsx'
import { fieldId, Labelled } from '../../parts/form/ties.tsx'
import type { Path } from '../../parts/form/values.ts'
import style from './business.module.css'
import { TryDraft } from './draft-bar.tsx'

const PARTS = [
  { text: '{business}', title: 'Name of the business' },
  { text: '{timeOfDay}', title: 'Good morning, afternoon, evening' },
  { text: '{firstName}', title: 'First name of a caller who is known' },
]

/** How a greeting is heard: its placeholders filled in. */
export const greetingHeard = (greeting: string, business: string): string =>
  greeting
    .replaceAll('{business}', business)
    .replaceAll('{timeOfDay}', 'Good morning')
    .replaceAll(/\s*\{firstName\}/g, ' Anna')
    .trim()

/** The first words of an assistant with a preview, and its voice. */
export const GreetingEditor = ({ path, ring }: { path: Path; ring: string }) => {
  const form = useForm()
  const greeting = form.get([...path, 'greeting'])
  const business = form.get(['business', 'name'])
  const text = typeof greeting === 'string' ? greeting : ''
  const insert = (part: string) => {
    const box = document.getElementById(fieldId([...path, 'greeting'])) as HTMLTextAreaElement | null
    const at = box?.selectionStart ?? text.length
    form.set([...path, 'greeting'], `${text.slice(0, at)}${part}${text.slice(box?.selectionEnd ?? at)}`)
    requestAnimationFrame(() => {
      box?.focus()
      box?.setSelectionRange(at + part.length, at + part.length)
    })
  }
  return (
    <>
      <Labelled
        path={[...path, 'greeting']}
        label="Greeting"
        help="The first words. Say that an assistant is speaking. The usual greeting when empty."
      >
        {(ties) => (
          <TextControl
            path={[...path, 'greeting']}
            ties={ties}
            isLong
            maxLength={300}
            placeholder="{timeOfDay}, {business}. This is the AI assistant. How may I help you?"
          />
        )}
      </Labelled>
      {form.isReadOnly ? null : (
        <div className={style.row}>
          <span className={style.quiet}>Put in:</span>
          {PARTS.map((part) => (
            <button key={part.text} type="button" onClick={() => insert(part.text)}>
              {part.title}
            </button>
          ))}
        </div>
      )}
      {text === '' ? null : (
        <p className={style.preview}>“{greetingHeard(text, typeof business === 'string' ? business : '')}”</p>
      )}
      <div className={style.row}>
        <Labelled path={[...path, 'voice']} label="Voice" help="The usual voice when empty. Ring the draft to hear it.">
          {(ties) => (
            <TextControl
              path={[...path, 'voice']}
              ties={ties}
              list={form.choices.voices}
              placeholder={form.choices.voices[0] ?? 'marin'}
            />
          )}
        </Labelled>
        <TryDraft ring={ring} />
      </div>
    </>
  )
}

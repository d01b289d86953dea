import { useEffect, useRef, useState } from 'react'
import { api } from '../../api/client.ts'
import { useForm } from '../../parts/form/host.ts'
import { say } from '../../parts/say.ts'
import { Failed, Reading } from '../../parts/states.tsx'
import style from './business.module.css'
import { useDraft } from './use-draft.tsx'

type Findings = readonly { path: string; message: string; severity: 'error' | 'warning'; line?: number | undefined }[]

const CHECKED_AFTER_MS = 500

/** The whole document as YAML or JSON: to read, to keep, to bring from elsewhere. */
export const TextTab = () => {
  const { store, state } = useDraft()
  const form = useForm()
  const [text, setText] = useState<string>()
  const [isJson, setIsJson] = useState(false)
  const [read, setRead] = useState<{ document?: unknown; findings: Findings }>()
  const [problem, setProblem] = useState<unknown>()
  const [isChanged, setIsChanged] = useState(false)
  const box = useRef<HTMLTextAreaElement>(null)
  const { document: written, phase } = state
  useEffect(() => {
    if (isChanged || phase !== 'ready') return
    let isOld = false
    const asText = async () => {
      if (isJson) return `${JSON.stringify(written, undefined, 2)}\n`
      return (await api.POST('/settings/write', { body: { document: written as Record<string, unknown> } })).data!.text
    }
    asText().then(
      (next) => (isOld ? undefined : setText(next)),
      (error: unknown) => setProblem(error),
    )
    return () => {
      isOld = true
    }
  }, [written, isJson, isChanged, phase])
  useEffect(() => {
    if (!isChanged || text === undefined) return
    const timer = setTimeout(() => {
      api.POST('/settings/read', { body: { text } }).then(
        ({ data }) => setRead(data),
        (error: unknown) => setProblem(error),
      )
    }, CHECKED_AFTER_MS)
    return () => clearTimeout(timer)
  }, [text, isChanged])
  const goTo = (line: number) => {
    const at =
      (text ?? '')
        .split('\n')
        .slice(0, line - 1)
        .join('\n').length + Number(line > 1)
    box.current?.focus()
    box.current?.setSelectionRange(at, at + ((text ?? '').split('\n')[line - 1]?.length ?? 0))
  }
  const save = () => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([text ?? ''], { type: 'text/plain' }))
    link.download = isJson ? 'settings.json' : 'settings.yaml'
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
  }
  const change = (next: string) => {
    setText(next)
    setIsChanged(true)
  }
  if (problem) return <Failed error={problem} retry={() => setProblem(undefined)} />
  if (text === undefined) return <Reading />
  const wrong = read?.findings.filter(({ severity }) => severity === 'error').length ?? 0
  return (
    <section className={style.section} aria-label="As text">
      <p className={style.quiet}>
        The same settings in one text, YAML or JSON, to keep in a repository or to bring from another gateway. Taking it
        over makes it the draft; nothing is published by it.
      </p>
      <div className={style.row}>
        <button type="button" aria-pressed={isJson} disabled={isChanged} onClick={() => setIsJson(!isJson)}>
          {isJson ? 'Show as YAML' : 'Show as JSON'}
        </button>
        <button type="button" onClick={save}>
          Save as a file
        </button>
        {form.isReadOnly ? null : (
          <label>
            <span className="unseen">Open a file</span>
            <input
              type="file"
              accept=".yaml,.yml,.json,text/plain"
              onChange={({ target }) => void target.files?.[0]?.text().then(change)}
            />
          </label>
        )}
      </div>
      <textarea
        ref={box}
        className={style.text}
        aria-label="Settings as text"
        spellCheck={false}
        readOnly={form.isReadOnly}
        value={text}
        onChange={({ target }) => change(target.value)}
      />
      {isChanged ? (
        <>
          {read ? (
            <ul className={style.findings} aria-label="What is to be said about the text">
              {read.findings.map(({ path, message, severity, line }) => (
                <li key={path + message} className={severity === 'error' ? style.bad : style.warn}>
                  {line === undefined ? null : (
                    <button type="button" onClick={() => goTo(line)}>
                      Line {line}
                    </button>
                  )}{' '}
                  {severity === 'error' ? '✖' : '▲'} {path ? `${path}: ` : ''}
                  {message}
                </li>
              ))}
            </ul>
          ) : null}
          <div className={style.row}>
            <button
              type="button"
              className="primary"
              disabled={read?.document === undefined}
              onClick={() => {
                store.setDocument(read!.document)
                void store.flush()
                setIsChanged(false)
                setRead(undefined)
                say('The text is the draft now.')
              }}
            >
              {wrong > 0 ? 'Take it over all the same' : 'Take it over as the draft'}
            </button>
            <button
              type="button"
              onClick={() => {
                setIsChanged(false)
                setRead(undefined)
              }}
            >
              Back to the draft
            </button>
          </div>
        </>
      ) : null}
    </section>
  )
}

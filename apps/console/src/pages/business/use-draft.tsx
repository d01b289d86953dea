import { formFields, type FormField, type FormSchema } from '@llc-phone/core/form'
import { useQuery } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useMemo, useSyncExternalStore, type ReactNode } from 'react'
import { api } from '../../api/client.ts'
import { useMay } from '../../app/session.ts'
import { assistantName } from '../../parts/assistant-name.ts'
import { FormHostContext, type FormHost } from '../../parts/form/host.ts'
import { isFields, pathText, valueAt, type Finding, type Path } from '../../parts/form/values.ts'
import { browserZone, dayIn } from '../../parts/moments.ts'
import { draftRoutes } from './draft-routes.ts'
import { createDraftStore, type DraftState, type DraftStore } from './draft-store.ts'

/** Until the gateway has said which day it is at the business. */
const TODAY_HERE = dayIn(browserZone(), Date.now())

const LOOKED_EVERY_MS = 8_000

/** One for the whole page: what is typed outlives a change of tabs and pages. */
const store = createDraftStore(draftRoutes)

const StoreContext = createContext<{ store: DraftStore; state: DraftState } | undefined>(undefined)

/** The draft on screen, and what changes it. */
export const useDraft = () => {
  const found = useContext(StoreContext)
  if (!found) throw new Error('no draft around')
  return found
}

const NONE: readonly Finding[] = []

const byPath = (findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> => {
  const all = new Map<string, Finding[]>()
  for (const finding of findings) all.set(finding.path, [...(all.get(finding.path) ?? []), finding])
  return all
}

/** What is said about the document on screen; of the one in force, while nothing was changed. */
export const findingsOf = ({ draft, inForce }: DraftState): readonly Finding[] => (draft ?? inForce)?.findings ?? NONE

/** The draft for all forms below: read, saved while they are filled in, and looked at again while nobody does. */
export const DraftProvider = ({ children }: { children: ReactNode }) => {
  const state = useSyncExternalStore(store.subscribe, store.state)
  const isManager = useMay('manager')
  useEffect(() => {
    void store.open()
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void store.look()
    }, LOOKED_EVERY_MS)
    const leave = () => void store.flush()
    window.addEventListener('pagehide', leave)
    return () => {
      clearInterval(timer)
      window.removeEventListener('pagehide', leave)
      leave()
    }
  }, [])
  const { data: voices } = useQuery({
    queryKey: ['voices'],
    queryFn: async () => {
      const { data } = await api.GET('/phrases')
      return [...new Set([...data!.voices, ...data!.phrases.map(({ voice }) => voice)])]
    },
    staleTime: 600_000,
  })
  const findings = useMemo(() => byPath(findingsOf(state)), [state])
  const isReadOnly = !isManager || state.inForce?.source === 'file'
  const host = useMemo<FormHost>(() => {
    const { document: written } = state
    const timeZone = valueAt(written, ['business', 'timeZone'])
    const zone = typeof timeZone === 'string' ? timeZone : undefined
    const routes = valueAt(written, ['routes'])
    const modes = valueAt(written, ['modes'])
    const directory = valueAt(written, ['directory'])
    const ours = isFields(routes)
      ? Object.values(routes).flatMap((route) =>
          isFields(route) && typeof route.number === 'string' ? [route.number] : [],
        )
      : []
    return {
      isReadOnly,
      get: (path) => valueAt(written, path),
      set: store.set,
      leave: () => void store.flush(),
      findings: (path) => findings.get(pathText(path)) ?? NONE,
      choices: {
        routes: isFields(routes)
          ? Object.entries(routes).map(([value, route]) => ({
              value,
              label: isFields(route) && typeof route.label === 'string' && route.label !== '' ? route.label : value,
            }))
          : [],
        instances: isFields(modes) ? Object.keys(modes).map((value) => ({ value, label: assistantName(value) })) : [],
        people: Array.isArray(directory)
          ? directory.flatMap((person) => (isFields(person) && typeof person.name === 'string' ? [person.name] : []))
          : [],
        voices: voices ?? [],
        timeZone: zone,
        today: (state.draft ?? state.inForce)?.opening?.today ?? TODAY_HERE,
        telephone: async (text) => {
          const body = { text: text.slice(0, 100), ...(zone ? { timeZone: zone } : {}), ours: ours.slice(0, 100) }
          return (await api.POST('/settings/telephone', { body })).data!
        },
      },
    }
  }, [state, findings, isReadOnly, voices])
  const context = useMemo(() => ({ store, state }), [state])
  return (
    <StoreContext value={context}>
      <FormHostContext value={host}>{children}</FormHostContext>
    </StoreContext>
  )
}

/** The forms of the sections and of the kinds of assistants. */
export const useSchema = () =>
  useQuery({
    queryKey: ['settings', 'schema'],
    queryFn: async () => (await api.GET('/settings/schema')).data!,
    staleTime: Infinity,
  })

/** The fields of an object of a section: `business`, `outbound`. */
export const useSectionFields = (section: string): readonly FormField[] => {
  const { data } = useSchema()
  return useMemo(() => formFields((data?.sections[section] ?? {}) as FormSchema), [data, section])
}

/** The value at a place of the document on screen. */
export const useValue = (path: Path): unknown => valueAt(useDraft().state.document, path)

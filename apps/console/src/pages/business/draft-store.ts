import { isSame, withValue, readPath, type Finding, type Path } from '../../parts/form/values.ts'

/** A document with all that the gateway says about it. */
export interface Told {
  readonly document: unknown
  readonly findings: readonly Finding[]
  readonly opening?: Opening | undefined
}

/** Whether the business is open now. */
export interface Opening {
  readonly open: boolean
  readonly until?: string | undefined
  readonly closed?: { readonly from: string; readonly to: string; readonly reason?: string | undefined } | undefined
  readonly today: string
}

/** The draft as the gateway has it. */
export interface SavedDraft extends Told {
  readonly revision: number
  readonly updatedAt: string
  readonly updatedBy: string
  readonly baseVersion?: number | undefined
  readonly restoredFrom?: number | undefined
  readonly editors: readonly { readonly name: string; readonly since: string }[]
}

/** The settings in force. */
export interface InForce extends Told {
  readonly version?: number | undefined
  readonly source: 'seed' | 'stored' | 'copy' | 'file'
  readonly file?: string | undefined
  readonly isExample: boolean
  /** Absent when it is not known. */
  readonly hasDraft?: boolean | undefined
}

/** A place that two people have changed differently. */
export interface Conflict {
  readonly path: string
  readonly base?: unknown
  readonly mine?: unknown
  readonly theirs?: unknown
}

/** What the store needs of the gateway. */
export interface DraftRoutes {
  inForce(): Promise<InForce>
  /** `undefined` when there is none. */
  draft(): Promise<SavedDraft | undefined>
  /** `revision`: of the draft that was edited; `undefined` for a new one. */
  save(document: unknown, revision: number | undefined): Promise<SavedDraft>
  merge(
    base: unknown,
    mine: unknown,
  ): Promise<{
    merged: unknown
    conflicts: readonly Conflict[]
    revision?: number | undefined
    updatedBy?: string | undefined
  }>
  discard(): Promise<void>
  /** Whether an error says that somebody else was faster. */
  isConflict(error: unknown): boolean
}

/** What the pages show. */
export interface DraftState {
  readonly phase: 'reading' | 'ready' | 'failed'
  readonly problem?: unknown
  readonly inForce?: InForce
  readonly draft?: SavedDraft
  /** As it is on screen. */
  readonly document: unknown
  readonly saving: 'saved' | 'waiting' | 'saving' | 'failed'
  readonly conflict?: {
    readonly conflicts: readonly Conflict[]
    readonly merged: unknown
    readonly revision: number | undefined
    readonly by: string | undefined
  }
  readonly canUndo: boolean
}

/** A pause in typing after which a draft is saved, and so checked. */
const SAVED_AFTER_MS = 400
/** Changes of one place that follow each other are undone as one. */
const ONE_STEP_MS = 1_500
const MOST_STEPS = 100

/** The draft of the settings on screen: saved at every pause, merged with what others have saved. */
export const createDraftStore = (routes: DraftRoutes, now: () => number = Date.now) => {
  let state: DraftState = { phase: 'reading', document: {}, saving: 'saved', canUndo: false }
  /** What the document on screen was made from. */
  let base: unknown = {}
  let timer: ReturnType<typeof setTimeout> | undefined
  let saving: Promise<void> | undefined
  let steps: { document: unknown; path: string; atMs: number }[] = []
  const readers = new Set<() => void>()

  const become = (changes: Partial<DraftState>): void => {
    state = { ...state, ...changes, canUndo: steps.length > 0 }
    for (const reader of readers) reader()
  }

  const without = (name: keyof DraftState): void => {
    const { [name]: _, ...rest } = state
    state = rest as DraftState
  }

  const took = (draft: SavedDraft | undefined, document?: unknown): void => {
    without('draft')
    base = draft ? draft.document : (state.inForce?.document ?? {})
    become({ ...(draft ? { draft } : {}), document: document ?? base })
  }

  const readBoth = async (): Promise<readonly [InForce, SavedDraft | undefined]> => {
    const inForce = await routes.inForce()
    return [inForce, inForce.hasDraft === false ? undefined : await routes.draft()]
  }

  const isDirty = (): boolean => !isSame(state.document, base)

  const mergeOthers = async (): Promise<void> => {
    const inForce = await routes.inForce()
    const { merged, conflicts, revision, updatedBy } = await routes.merge(base, state.document)
    become({ inForce })
    if (conflicts.length > 0) {
      become({ conflict: { conflicts, merged, revision, by: updatedBy } })
      return
    }
    const draft = revision === undefined ? undefined : await routes.draft()
    took(draft, merged)
  }

  const saveOnce = async (): Promise<void> => {
    const sent = state.document
    become({ saving: 'saving' })
    try {
      const draft = await routes.save(sent, state.draft?.revision)
      without('problem')
      base = sent
      become({ draft, saving: isSame(state.document, sent) ? 'saved' : 'waiting' })
    } catch (error) {
      if (!routes.isConflict(error)) {
        become({ saving: 'failed', problem: error })
        return
      }
      await mergeOthers().catch((problem: unknown) => become({ saving: 'failed', problem }))
    }
  }

  /** Whatever is being saved has been. */
  const settled = async (): Promise<void> => {
    await saving
    if (saving) await settled()
  }

  /** Saves what has changed; resolves when all is saved, or cannot be. */
  const flush = async (): Promise<void> => {
    clearTimeout(timer)
    await settled()
    for (let tries = 0; isDirty() && !state.conflict && tries < 5; tries++) {
      saving = saveOnce().finally(() => (saving = undefined))
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await saving
      if (state.saving === 'failed') return
    }
    if (!isDirty() && state.saving !== 'saved') become({ saving: 'saved' })
  }

  const later = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void flush(), SAVED_AFTER_MS)
  }

  const replace = (document: unknown, path: string): void => {
    const last = steps.at(-1)
    if (last?.path !== path || now() - last.atMs > ONE_STEP_MS)
      steps = [...steps, { document: state.document, path, atMs: now() }].slice(-MOST_STEPS)
    else steps = [...steps.slice(0, -1), { ...last, atMs: now() }]
    become({ document, saving: 'waiting' })
    later()
  }

  return {
    state: (): DraftState => state,
    subscribe: (reader: () => void) => {
      readers.add(reader)
      return () => void readers.delete(reader)
    },
    /** Reads what is in force, and the draft. */
    async open(): Promise<void> {
      try {
        const [inForce, draft] = await readBoth()
        without('problem')
        become({ inForce, phase: 'ready' })
        if (!isDirty()) took(draft)
      } catch (error) {
        become(state.inForce ? { problem: error } : { phase: 'failed', problem: error })
      }
    },
    /** Takes over what others have saved, while nothing is being edited here. */
    async look(): Promise<void> {
      if (state.phase !== 'ready' || isDirty() || saving || state.conflict) return
      const [inForce, draft] = await readBoth().catch(() => [])
      if (!inForce || isDirty() || saving) return
      become({ inForce })
      took(draft)
    },
    set: (path: Path, value: unknown): void => {
      const document = withValue(state.document, path, value)
      if (!isSame(document, state.document)) replace(document, path.join('.'))
    },
    setDocument: (document: unknown): void => replace(document, ''),
    undo: (): void => {
      const last = steps.at(-1)
      if (!last) return
      steps = steps.slice(0, -1)
      become({ document: last.document, saving: 'waiting' })
      later()
    },
    flush,
    /** Goes on after a conflict, with mine or theirs at each of its places. */
    async resolve(choices: Readonly<Record<string, 'mine' | 'theirs'>>): Promise<void> {
      const { conflict } = state
      if (!conflict) return
      const document = conflict.conflicts
        .filter(({ path }) => choices[path] === 'mine')
        .reduce((merged, { path, mine }) => withValue(merged, readPath(path), mine), conflict.merged)
      without('conflict')
      const draft = conflict.revision === undefined ? undefined : await routes.draft()
      took(draft, document)
      await flush()
    },
    async discard(): Promise<void> {
      clearTimeout(timer)
      await settled()
      if (state.draft) await routes.discard()
      steps = []
      without('conflict')
      took(undefined)
      become({ saving: 'saved' })
    },
    /** The draft was published, or another one was put in its place. */
    async reopen(): Promise<void> {
      clearTimeout(timer)
      steps = []
      const [inForce, draft] = await readBoth()
      become({ inForce, saving: 'saved' })
      took(draft)
    },
  }
}

/** What {@link createDraftStore} makes. */
export type DraftStore = ReturnType<typeof createDraftStore>

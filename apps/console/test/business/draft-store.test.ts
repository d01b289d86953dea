import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createDraftStore, type DraftRoutes, type SavedDraft } from '../../src/pages/business/draft-store.ts'
import { isSame } from '../../src/parts/form/values.ts'

const CONFLICT = new Error('settings_conflict')

const gateway = (inForce: Record<string, unknown>) => {
  let draft: SavedDraft | undefined
  const saves: unknown[] = []
  const keep = (document: unknown, by: string): SavedDraft =>
    (draft = {
      document,
      findings: [],
      revision: (draft?.revision ?? 0) + 1,
      updatedAt: '2026-11-30T09:12:00Z',
      updatedBy: by,
      editors: [],
    })
  const routes: DraftRoutes = {
    inForce: async () => ({
      document: inForce,
      findings: [],
      source: 'stored',
      version: 1,
      isExample: false,
      hasDraft: !!draft,
    }),
    draft: async () => draft,
    async save(document, revision) {
      if (draft?.revision !== revision) throw CONFLICT
      saves.push(document)
      return keep(document, 'me')
    },
    async merge(base, mine) {
      const [was, is, theirs] = [base, mine, draft?.document ?? inForce] as Record<string, unknown>[]
      const names = [...new Set([...Object.keys(is!), ...Object.keys(theirs!)])]
      const both = names.filter(
        (name) =>
          !isSame(is![name], was![name]) && !isSame(theirs![name], was![name]) && !isSame(is![name], theirs![name]),
      )
      return {
        merged: Object.fromEntries(
          names.map((name) => [name, isSame(theirs![name], was![name]) ? is![name] : theirs![name]]),
        ),
        conflicts: both.map((path) => ({ path, base: was![path], mine: is![path], theirs: theirs![path] })),
        ...(draft ? { revision: draft.revision, updatedBy: draft.updatedBy } : {}),
      }
    },
    discard: async () => void (draft = undefined),
    isConflict: (error) => error === CONFLICT,
  }
  return { routes, saves, byAnn: (document: unknown) => keep(document, 'ann') }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const opened = async (inForce: Record<string, unknown> = { name: 'A', place: 'B' }) => {
  const there = gateway(inForce)
  const store = createDraftStore(there.routes)
  await store.open()
  return { ...there, store }
}

it('saves once after a pause in typing, and at once when a field is left', async () => {
  const { store, saves } = await opened()
  for (const name of ['Ab', 'Abc', 'Abcd']) store.set(['name'], name)
  expect(store.state().saving).toBe('waiting')
  await vi.advanceTimersByTimeAsync(399)
  expect(saves).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(saves).toEqual([{ name: 'Abcd', place: 'B' }])
  expect(store.state()).toMatchObject({ saving: 'saved', draft: { revision: 1 } })
  store.set(['place'], 'C')
  await store.flush()
  expect(saves).toHaveLength(2)
})

it('takes over what somebody else has changed elsewhere, without asking', async () => {
  const { store, byAnn } = await opened()
  byAnn({ name: 'A', place: 'Pier' })
  store.set(['name'], 'Mine')
  await store.flush()
  expect(store.state()).toMatchObject({ saving: 'saved', document: { name: 'Mine', place: 'Pier' } })
  expect(store.state().conflict).toBeUndefined()
})

it('asks about a place that both have changed, and goes on with what was chosen', async () => {
  const { store, byAnn, saves } = await opened()
  store.set(['place'], 'Hill')
  await store.flush()
  byAnn({ name: 'Ann’s', place: 'Hill' })
  store.set(['name'], 'Mine')
  await store.flush()
  expect(store.state().conflict).toMatchObject({
    by: 'ann',
    conflicts: [{ path: 'name', mine: 'Mine', theirs: 'Ann’s' }],
  })
  await store.resolve({ name: 'mine' })
  expect(store.state().conflict).toBeUndefined()
  expect(saves.at(-1)).toEqual({ name: 'Mine', place: 'Hill' })
})

it('shows what others save while nothing is typed here, and not while something is', async () => {
  const { store, byAnn } = await opened()
  byAnn({ name: 'Ann’s', place: 'B' })
  await store.look()
  expect(store.state().document).toEqual({ name: 'Ann’s', place: 'B' })
  store.set(['name'], 'Mi')
  byAnn({ name: 'Ann again', place: 'B' })
  await store.look()
  expect(store.state().document).toMatchObject({ name: 'Mi' })
})

it('undoes what was typed in one go as one, and discards everything', async () => {
  const { store } = await opened()
  store.set(['name'], 'X')
  store.set(['name'], 'Xy')
  store.set(['place'], 'Z')
  store.undo()
  expect(store.state().document).toEqual({ name: 'Xy', place: 'B' })
  store.undo()
  expect(store.state()).toMatchObject({ document: { name: 'A', place: 'B' }, canUndo: false })
  store.set(['name'], 'Gone')
  await store.flush()
  await store.discard()
  expect(store.state()).toMatchObject({ document: { name: 'A', place: 'B' }, saving: 'saved' })
  expect(store.state().draft).toBeUndefined()
})

it('keeps what was typed when it cannot be saved, and saves it later', async () => {
  const { store, routes, saves } = await opened()
  const save = routes.save
  Object.assign(routes, { save: () => Promise.reject(new Error('no network')) })
  store.set(['name'], 'Kept')
  await store.flush()
  expect(store.state()).toMatchObject({ saving: 'failed', document: { name: 'Kept' } })
  Object.assign(routes, { save })
  await store.flush()
  expect(store.state().saving).toBe('saved')
  expect(saves).toEqual([{ name: 'Kept', place: 'B' }])
})

/** Whoever has changed nothing for this long is no longer at it. */
const AWAY_AFTER_MS = 5 * 60_000

/** Who changes the draft at the moment; known to this process only, and gone when it stops. */
export const createDraftEditors = () => {
  const editors = new Map<string, { readonly since: Date; readonly last: Date }>()
  const isThere = (last: Date, now: Date): boolean => now.getTime() - last.getTime() < AWAY_AFTER_MS
  return {
    /** Whether somebody begins: they have changed nothing for a while. */
    changed(name: string, now: Date): boolean {
      const before = editors.get(name)
      const goesOn = before !== undefined && isThere(before.last, now)
      editors.set(name, { since: goesOn ? before.since : now, last: now })
      return !goesOn
    },
    present: (now: Date): { name: string; since: Date }[] =>
      [...editors].filter(([, { last }]) => isThere(last, now)).map(([name, { since }]) => ({ name, since })),
    /** The draft is published or discarded. */
    clear: (): void => editors.clear(),
  }
}

/** The height of each row of the picture (px), from above; the ticks are over them all. */
const HEIGHTS = { sound: 36, caller: 26, assistant: 30, tools: 20, call: 22, people: 22, turns: 20 } as const

/** A row of the picture. */
export type Lane = keyof typeof HEIGHTS

/** The height of the times over the rows (px). */
export const TICKS_PX = 24

/** Where each row of a picture begins, and how high it is (px); rows that a call has nothing for are left out. */
export interface Layout {
  readonly rows: readonly { readonly lane: Lane; readonly top: number; readonly height: number }[]
  readonly height: number
}

/** The rows of the picture of a call. */
export const layoutOf = ({ hasSound, hasPeople }: { hasSound: boolean; hasPeople: boolean }): Layout => {
  const rows: { lane: Lane; top: number; height: number }[] = []
  let top = TICKS_PX
  for (const [lane, height] of Object.entries(HEIGHTS) as [Lane, number][]) {
    if ((lane === 'sound' && !hasSound) || (lane === 'people' && !hasPeople)) continue
    rows.push({ lane, top, height })
    top += height
  }
  return { rows, height: top + 4 }
}

/** Where a row is; a row that is left out has no height. */
export const rowOf = ({ rows }: Layout, lane: Lane): { readonly top: number; readonly height: number } =>
  rows.find((row) => row.lane === lane) ?? { top: 0, height: 0 }

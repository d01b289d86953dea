/** The grid of {@link occupiedCells}: fine enough for any service, coarse enough to stay small. */
export const CELL_MS = 5 * 60_000

/** What a service keeps occupied, and for how long. */
export interface Occupation {
  readonly durationMinutes: number
  readonly bufferMinutes: number
}

/** The cells that an appointment occupies, buffer included; part of a cell is all of it. */
export const cellsOf = (startsAt: Date, { durationMinutes, bufferMinutes }: Occupation): number[] => {
  const first = Math.floor(startsAt.getTime() / CELL_MS)
  const end = Math.ceil((startsAt.getTime() + (durationMinutes + bufferMinutes) * 60_000) / CELL_MS)
  return Array.from({ length: end - first }, (_, index) => first + index)
}

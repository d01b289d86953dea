import { types as pgTypes } from 'pg'

/** OIDs of types whose values are wanted in another shape than the driver's. */
const INT8 = 20
const JSON_TYPE = 114
const JSONB = 3802
const NUMERIC = 1700

const asIs = (text: string): string => text

/** How values of these types are read: whole numbers and sums of them as numbers (ours are below 2^53), JSON as its text. */
export const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  [INT8]: Number,
  [NUMERIC]: Number,
  [JSON_TYPE]: asIs,
  [JSONB]: asIs,
}

/** The driver knows them by any number; its types name those of the built-in types only. */
const driver: { getTypeParser(oid: number, format?: 'text' | 'binary'): unknown } = pgTypes

/** The driver's own parsers, but for {@link parsers}. */
export const typeParsers = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    parsers[oid] ?? driver.getTypeParser(oid, format)) as typeof pgTypes.getTypeParser,
}

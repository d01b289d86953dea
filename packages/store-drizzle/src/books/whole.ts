import { sql, type SQL } from 'drizzle-orm'

/** A whole number where an engine cannot tell the type of a parameter from its place, as behind `SELECT`. */
export const whole = (value: number | null): SQL<number> => sql`CAST(${value} AS bigint)`

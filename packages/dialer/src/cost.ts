const MINUTE_MS = 60_000

/** What the carrier takes for a call, in US dollars: a started minute is paid, and a call that nobody answered is free. */
export const carrierUsd = (usdPerMinute: number, answeredAt: Date | undefined, endedAt: Date): number =>
  answeredAt === undefined
    ? 0
    : Math.max(1, Math.ceil((endedAt.getTime() - answeredAt.getTime()) / MINUTE_MS)) * usdPerMinute

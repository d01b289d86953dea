/** Something a person or program did that others may have to know. */
export interface AuditEntry {
  /** The name of a person, or `ADMIN_TOKEN`. */
  readonly who: string
  /** A word of docs/reference/http-api.md, such as `settings_published`. */
  readonly action: string
  /** What it was done to: a call id, a version, a masked number. */
  readonly target?: string | undefined
  /** Plain data; no secrets and no whole numbers of other people. */
  readonly details?: Readonly<Record<string, unknown>> | undefined
  /** The network address it came from. */
  readonly address?: string | undefined
}

/** An entry as it is kept. */
export interface AuditLine extends AuditEntry {
  readonly id: number
  readonly at: Date
}

/** Which entries are wanted; all of them unless something is named. */
export interface AuditFilter {
  readonly who?: string | undefined
  readonly action?: string | undefined
  readonly target?: string | undefined
  /** At this time or later. */
  readonly from?: Date | undefined
  /** Before this time. */
  readonly to?: Date | undefined
  /** Only entries older than the one with this id. */
  readonly before?: number | undefined
}

/** The audit log: entries are added and read, never changed. */
export interface AuditBook {
  /** Durable when it resolves. */
  add(entry: AuditEntry): Promise<void>
  /** The latest first. */
  list(limit: number, filter?: AuditFilter): Promise<readonly AuditLine[]>
}

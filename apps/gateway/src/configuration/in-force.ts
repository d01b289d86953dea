import type { BuiltSettings, Finding } from '@llc-phone/settings'

/**
 * Where the settings in force come from: `seed`, gateway.config.ts, because nothing was published yet; `stored`, the newest
 * version in the database; `copy`, the file beside a database that cannot be read; `file`, the one that SETTINGS names.
 */
export type SettingsSource = 'seed' | 'stored' | 'copy' | 'file'

/** The settings that the next call gets. */
export interface InForce {
  readonly built: BuiltSettings
  /** 0: the seed. Absent for a file whose version could not be stored yet. */
  readonly version?: number
  readonly source: SettingsSource
  /** The document as it was written. */
  readonly written: unknown
  /** What is to be said about it; errors only of a version that an earlier release has published. */
  readonly findings: readonly Finding[]
}

/** The instances that could not be built, by name; their callers go to the fallback. */
export const notBuilt = ({ built }: InForce): readonly string[] => {
  const { modes, outbound } = built.document
  return [
    ...Object.keys(modes).filter((name) => !built.instances.has(name)),
    ...Object.keys(outbound?.modes ?? {}).filter((name) => !built.outbound?.modes.has(name)),
  ]
}

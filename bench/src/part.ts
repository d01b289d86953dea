/** A target of docs/reference/performance.md and whether it was met. */
export interface Verdict {
  readonly target: string
  readonly measured: string
  readonly met: boolean
  /** A matter of the machine's speed, too: on a busy one a miss says nothing. */
  readonly isTiming?: boolean
}

/** A whole number on the command line that only this part reads, from 1 to `most`. */
export interface PartNumber {
  /** `--name`, as the command line spells it. */
  readonly name: string
  readonly describe: string
  readonly usual: number
  /** With `--quick`. */
  readonly quick: number
  readonly most: number
}

/** What a part found out. */
export interface PartReport {
  /** For `--json`. */
  readonly result: unknown
  /** Tables and notes for a reader, without the verdicts. */
  readonly text: string
  /** Nothing missed: the exit code is 0. */
  readonly verdicts: readonly Verdict[]
}

/** The command line. */
export interface Options {
  readonly parts: readonly Part[]
  readonly calls: readonly number[]
  readonly seconds: number
  readonly json: boolean
  readonly help: boolean
  readonly profileDir?: string
  /** A part's own number. Throws an error when no part has one of this name. */
  numberOf(name: string): number
}

/** One thing the bench can measure. Every `src/*\/*-part.ts` exports one as `part`, and needs to be named nowhere else. */
export interface Part {
  /** For `--only`. */
  readonly name: string
  /** What it measures and how long it takes, for `--help`: one paragraph. */
  readonly describe: string
  /** Runs without `--only`. What takes long, or breaks things, runs only by name. */
  readonly byDefault: boolean
  readonly numbers?: readonly PartNumber[]
  /** Measures. Rejects when it could not. */
  run(options: Options): Promise<PartReport>
}

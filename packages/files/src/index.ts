export { columnKey, csvOf, csvRecords, CsvProblem, type CsvRecord } from './csv.ts'
export { loadDotEnv, readDotEnv } from './dot-env.ts'
export { decodeLongText, decodeText, readTextFile, TextProblem } from './text.ts'
export { asCalled, CommandFailed, EXIT, pasteable, runCommand, toldOf, UsageError } from './command-line.ts'

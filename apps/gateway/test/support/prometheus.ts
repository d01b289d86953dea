import { execFile, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from '@llc-phone/core/testing'
import { stringify } from 'yaml'

/** A series that Prometheus has answered with. */
interface Series {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

/** A Prometheus that watches a gateway. */
export interface Prometheus {
  /** Evaluates an expression now; rejects with what Prometheus says is wrong with it. */
  query(expression: string): Promise<readonly Series[]>
  /** Of the rules it has loaded, those that failed. */
  failedRules(): Promise<readonly string[]>
  stop(): Promise<void>
}

/** The rules that are shipped. */
export const ALERTS = fileURLToPath(new URL('../../../../deploy/alerts.yml', import.meta.url))

/** Why Prometheus cannot be run here, if that is so. Where it must be there (`REQUIRE_PROMETHEUS`), its absence throws. */
export const noPrometheus = (): string | undefined => {
  try {
    for (const program of ['prometheus', 'promtool']) execFileSync(program, ['--version'], { stdio: 'ignore' })
    return undefined
  } catch {
    const why = 'prometheus and promtool are not on the PATH: apt-get install prometheus'
    if (process.env.REQUIRE_PROMETHEUS) throw new Error(why)
    return why
  }
}

/** Runs promtool and resolves to what it printed; rejects with it when it finds something wrong. */
export const promtool = async (...given: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)('promtool', given)
  return stdout
}

/** A folder that is gone after `work`. */
export const inFolder = async <Result>(work: (folder: string) => Promise<Result>): Promise<Result> => {
  const folder = mkdtempSync(join(tmpdir(), 'llc-phone-prometheus-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Starts Prometheus on loopback with the shipped rules; it scrapes the gateway each half second. */
export const startPrometheus = async (gateway: { publicUrl: string; token: string }): Promise<Prometheus> => {
  const folder = mkdtempSync(join(tmpdir(), 'llc-phone-prometheus-'))
  const port = await freePort()
  const config = {
    global: { scrape_interval: '500ms', scrape_timeout: '500ms', evaluation_interval: '500ms' },
    rule_files: [ALERTS],
    scrape_configs: [
      {
        job_name: 'llc-phone',
        authorization: { credentials: gateway.token },
        static_configs: [{ targets: [new URL(gateway.publicUrl).host] }],
      },
    ],
  }
  writeFileSync(join(folder, 'prometheus.yml'), stringify(config))
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const over = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const ask = async (path: string): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    const body = (await response.json()) as { status: string; error?: string; data: unknown }
    if (body.status !== 'success') throw new Error(body.error ?? `HTTP ${response.status}`)
    return body.data
  }
  return {
    query: async (expression) =>
      ((await ask(`/api/v1/query?query=${encodeURIComponent(expression)}`)) as { result: Series[] }).result,
    async failedRules() {
      const { groups } = (await ask('/api/v1/rules')) as {
        groups: { rules: { name: string; health: string; lastError?: string }[] }[]
      }
      return groups
        .flatMap(({ rules }) => rules)
        .filter(({ health }) => health !== 'ok')
        .map(({ name, health, lastError = health }) => `${name}: ${lastError}`)
    },
    async stop() {
      child.kill()
      await over
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

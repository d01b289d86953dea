import * as z from 'zod'

/** The samplers of OpenTelemetry's `OTEL_TRACES_SAMPLER`. */
const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const

/** Pairs as OpenTelemetry's variables write them: `key=value,key2=value2`, percent-encoded. */
const pairs = z
  .string()
  .refine(
    (text) => text.split(',').every((pair) => /^\s*[^=\s]+=[^%]*(?:%[\da-f]{2}[^%]*)*$/i.test(pair)),
    'must be pairs like key=value,other=value, with a comma or % in a value written %2C or %25',
  )
  .transform((text) =>
    Object.fromEntries(
      text.split(',').map((pair) => {
        const [name, ...value] = pair.split('=')
        return [name!.trim(), decodeURIComponent(value.join('=').trim())]
      }),
    ),
  )

/** The variables of traces, under the names that OpenTelemetry gives them. `url` checks an address. */
export const tracesEnv = (url: (protocols: readonly string[], example: string) => z.ZodType<string, string>) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url(['https:', 'http:'], 'http://127.0.0.1:4318').optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url(['https:', 'http:'], 'http://127.0.0.1:4318/v1/traces').optional(),
  OTEL_EXPORTER_OTLP_HEADERS: pairs.optional(),
  OTEL_SERVICE_NAME: z.string().optional(),
  OTEL_RESOURCE_ATTRIBUTES: pairs.optional(),
  OTEL_TRACES_SAMPLER: z.enum(samplers, `must be one of ${samplers.join(', ')}`).optional(),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(?:0(?:\.\d+)?|1(?:\.0+)?)$/, 'must be a share from 0 to 1, like 0.1')
    .transform(Number)
    .optional(),
  OTEL_SDK_DISABLED: z.string().optional(),
})

/** What traces are made with. */
export interface TraceSettings {
  /** Where spans are posted. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Attributes of the process, its name among them. */
  readonly resource: Readonly<Record<string, string>>
  readonly sampler: (typeof samplers)[number]
  /** The share of traces that are kept, for the samplers that take one. */
  readonly ratio: number
}

type TracesEnv = z.output<z.ZodObject<ReturnType<typeof tracesEnv>>>

/** The settings of traces; `undefined` while they are off, as they are until an endpoint is set. */
export const traceSettingsOf = (env: TracesEnv): TraceSettings | undefined => {
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT
  const url = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base && `${base.replace(/\/+$/, '')}/v1/traces`)
  // OpenTelemetry knows `true` alone, in any case.
  if (url === undefined || env.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return undefined
  const attributes = env.OTEL_RESOURCE_ATTRIBUTES ?? {}
  return {
    url,
    headers: env.OTEL_EXPORTER_OTLP_HEADERS ?? {},
    resource: { ...attributes, 'service.name': env.OTEL_SERVICE_NAME ?? attributes['service.name'] ?? 'llc-phone' },
    sampler: env.OTEL_TRACES_SAMPLER ?? 'parentbased_always_on',
    ratio: env.OTEL_TRACES_SAMPLER_ARG ?? 1,
  }
}

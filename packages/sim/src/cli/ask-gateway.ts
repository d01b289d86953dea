/** Reads from the gateway on this machine, with the operator's token; a gateway that does not tell is fine. */

const TIMEOUT_MS = 1000

/** The JSON at the path; undefined when there is none, or nobody answers in time. */
export async function askGateway(env: Record<string, string>, path: string): Promise<unknown> {
  try {
    const response = await fetch(`http://127.0.0.1:${env.ADMIN_PORT ?? env.PORT}${path}`, {
      headers: { authorization: `Bearer ${env.ADMIN_TOKEN}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return response.ok ? await response.json() : undefined
  } catch {
    return undefined
  }
}

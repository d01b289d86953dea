/** Tells of an appointment, from a result that names service and time, what a test call would have done with it. */
export const wouldBe =
  (what: string) =>
  (result: unknown): string => {
    const { service, when } = result as { readonly service: string; readonly when: string }
    return `${what}: ${service}, ${when}.`
  }

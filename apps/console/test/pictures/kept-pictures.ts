/** A picture that the documentation keeps. */
export interface Kept {
  /** The name of a scene. */
  readonly scene: string
  readonly width: 1280 | 390
  readonly themes: readonly ('light' | 'dark')[]
}

const wide = (scene: string, ...themes: Kept['themes']): Kept => ({
  scene,
  width: 1280,
  themes: themes.length > 0 ? themes : ['light'],
})
const phone = (scene: string, ...themes: Kept['themes']): Kept => ({ ...wide(scene, ...themes), width: 390 })

/** What README.md and docs/ show: every page once, those of the README in both themes, and some as a phone shows them. */
export const keptPictures: readonly Kept[] = [
  wide('home', 'light', 'dark'),
  wide('call', 'light', 'dark'),
  wide('softphone', 'light', 'dark'),
  ...['live', 'calls', 'messages', 'numbers', 'customers', 'customer', 'calendar', 'outbound', 'outbound-calls'].map(
    (scene) => wide(scene),
  ),
  ...['outbound-contacts', 'outbound-do-not-call', 'quality', 'system-health', 'system-people', 'system-audit'].map(
    (scene) => wide(scene),
  ),
  ...['basics', 'hours', 'people', 'answers', 'assistants', 'versions'].map((tab) => wide(`business-${tab}`)),
  wide('call-live', 'dark'),
  wide('softphone-dock', 'dark'),
  wide('empty-home'),
  ...['home', 'call', 'softphone', 'messages', 'business-hours'].map((scene) => phone(scene)),
]

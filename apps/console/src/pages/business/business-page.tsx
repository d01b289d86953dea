import { Redirect, useLocation } from 'wouter'
import { Banner } from '../../parts/banner.tsx'
import { Page } from '../../parts/page.tsx'
import { Failed, Reading } from '../../parts/states.tsx'
import { Tabs } from '../../parts/tabs.tsx'
import { AnswersTab } from './answers-tab.tsx'
import { AssistantsTab } from './assistants-tab.tsx'
import { BasicsTab } from './basics-tab.tsx'
import { ConflictDialog } from './conflict-dialog.tsx'
import { DraftBar } from './draft-bar.tsx'
import { HoursTab } from './hours-tab.tsx'
import { MessagesTab, OutboundTab } from './messages-tab.tsx'
import { PeopleTab } from './people-tab.tsx'
import { SetUpPage } from './set-up-page.tsx'
import { TextTab } from './text-tab.tsx'
import { DraftProvider, useDraft } from './use-draft.tsx'
import { VersionsTab } from './versions-tab.tsx'
import { TABS } from './business-words.ts'

const PARTS: Readonly<Record<(typeof TABS)[number]['key'], () => React.ReactNode>> = {
  basics: BasicsTab,
  hours: HoursTab,
  people: PeopleTab,
  answers: AnswersTab,
  assistants: AssistantsTab,
  messages: MessagesTab,
  outbound: OutboundTab,
  versions: VersionsTab,
  text: TextTab,
}

const Content = () => {
  const { store, state } = useDraft()
  const [location] = useLocation()
  const [, , part, step] = location.split('/')
  if (state.phase === 'failed')
    return <Failed error={state.problem} stillWorks="Calls are answered as before." retry={() => store.open()} />
  if (state.phase === 'reading') return <Reading />
  const isFirst = state.inForce?.source === 'seed'
  if (part === undefined || part === '')
    return <Redirect to={isFirst ? '/business/set-up' : '/business/hours'} replace />
  const tabs = [...(isFirst || part === 'set-up' ? [{ key: 'set-up', title: 'Set-up' }] : []), ...TABS]
  const Part = (PARTS as Record<string, (() => React.ReactNode) | undefined>)[part]
  return (
    <>
      <Tabs label="Parts of the business" tabs={tabs.map(({ key, title }) => ({ href: `/business/${key}`, title }))} />
      {state.inForce?.source === 'file' ? (
        <Banner tone="quiet">
          These settings come from the file {state.inForce.file}: change it there. Here they can only be read.
        </Banner>
      ) : null}
      {state.inForce?.isExample && part !== 'set-up' && !state.draft ? (
        <Banner tone="warn">
          This is the example, Harbor Dental. Set up your own business, or change it into yours.
        </Banner>
      ) : null}
      {part === 'set-up' ? <SetUpPage step={step} /> : Part ? <Part /> : <Redirect to="/business/hours" replace />}
      {part === 'set-up' && !state.draft ? null : <DraftBar />}
      <ConflictDialog />
    </>
  )
}

/** The business as data: what callers hear, who is reached, when it is open; edited as a draft, published when it is right. */
const BusinessPage = () => (
  <Page title="Business">
    <DraftProvider>
      <Content />
    </DraftProvider>
  </Page>
)

export default BusinessPage

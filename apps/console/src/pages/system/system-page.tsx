import { Redirect, Route, Switch } from 'wouter'
import { NotForYou } from '../../app/not-for-you.tsx'
import { mayDo, type Role } from '../../app/role.ts'
import { useSession } from '../../app/session.ts'
import { Page } from '../../parts/page.tsx'
import { Empty, Reading } from '../../parts/states.tsx'
import { Tabs } from '../../parts/tabs.tsx'
import { AuditTab } from './audit-tab.tsx'
import { DeliveriesTab } from './deliveries-tab.tsx'
import { HealthTab } from './health-tab.tsx'
import { KeepingTab } from './keeping-tab.tsx'
import { PeopleTab } from './people-tab.tsx'
import { SessionsTab } from './sessions-tab.tsx'
import { TuningTab } from './tuning-tab.tsx'
import { words } from './system-words.ts'

const TABS: readonly { href: string; title: string; role: Role; content: () => React.ReactNode }[] = [
  { href: '/system/health', title: 'Health', role: 'operator', content: HealthTab },
  { href: '/system/people', title: 'People and keys', role: 'viewer', content: PeopleTab },
  { href: '/system/sessions', title: 'Sessions', role: 'viewer', content: SessionsTab },
  { href: '/system/audit', title: 'Audit', role: 'manager', content: AuditTab },
  { href: '/system/deliveries', title: 'Deliveries', role: 'viewer', content: DeliveriesTab },
  { href: '/system/tuning', title: 'Tuning', role: 'viewer', content: TuningTab },
  { href: '/system/keeping', title: 'Backups and retention', role: 'operator', content: KeepingTab },
]

/** Whether it works, who uses it, what they did, and what is kept. */
const SystemPage = () => {
  const { data: session } = useSession()
  if (!session) return <Reading />
  const tabs = TABS.filter(({ role }) => mayDo(session, role))
  return (
    <Page title={words.title}>
      <Tabs label="Parts of the system" tabs={tabs} />
      <Switch>
        {TABS.map(({ href, role, content: Content }) => (
          <Route key={href} path={href}>
            {mayDo(session, role) ? <Content /> : <NotForYou needed={role} />}
          </Route>
        ))}
        <Route path="/system">
          <Redirect to={tabs[0]!.href} replace />
        </Route>
        <Route>
          <Empty>There is no such part of the system.</Empty>
        </Route>
      </Switch>
    </Page>
  )
}

export default SystemPage

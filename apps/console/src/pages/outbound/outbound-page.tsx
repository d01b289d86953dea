import { Route, Switch } from 'wouter'
import { useMay, useSession } from '../../app/session.ts'
import { Page } from '../../parts/page.tsx'
import { Reading } from '../../parts/states.tsx'
import { Tabs } from '../../parts/tabs.tsx'
import { Contacts } from './contacts.tsx'
import { DoNotCall } from './do-not-call.tsx'
import { Ledger } from './ledger.tsx'
import { PlaceCall } from './place-call.tsx'

const OutboundPage = () => {
  const session = useSession()
  const mayCall = useMay('operator')
  return (
    <Page title="Outbound">
      <Tabs
        label="Outbound"
        tabs={[
          ...(mayCall ? [{ href: '/outbound', title: 'Call somebody' }] : []),
          { href: '/outbound/calls', title: 'Calls' },
          { href: '/outbound/contacts', title: 'Contacts' },
          { href: '/outbound/do-not-call', title: 'Do not call' },
        ]}
      />
      <Switch>
        <Route path="/outbound/calls">
          <Ledger />
        </Route>
        <Route path="/outbound/contacts">
          <Contacts />
        </Route>
        <Route path="/outbound/do-not-call">
          <DoNotCall />
        </Route>
        <Route>{session.data ? mayCall ? <PlaceCall /> : <Ledger /> : <Reading />}</Route>
      </Switch>
    </Page>
  )
}

export default OutboundPage

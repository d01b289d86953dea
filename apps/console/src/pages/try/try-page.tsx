import { useEffect } from 'react'
import { useSearch } from 'wouter'
import { Page } from '../../parts/page.tsx'
import { isUp } from '../../parts/softphone/call-state.ts'
import { closeSoftphone, openSoftphone } from '../../parts/softphone/open.ts'
import { phone } from '../../parts/softphone/phone.ts'
import { TryPanel } from '../../parts/softphone/try-panel.tsx'

const TryPage = () => {
  const search = useSearch()
  useEffect(() => {
    const query = new URLSearchParams(search)
    const [ring, settings] = [query.get('ring'), query.get('settings')]
    if (ring || settings)
      openSoftphone({
        ...(ring ? { ring } : {}),
        ...(settings ? { settings: settings === 'draft' ? settings : Number(settings) } : {}),
      })
  }, [search])
  // A call that is up goes with whoever leaves; without one there is nothing to show beside other pages.
  useEffect(
    () => () => {
      if (!isUp(phone.call.get())) closeSoftphone()
    },
    [],
  )
  return (
    <Page title="Try it">
      <TryPanel />
    </Page>
  )
}

export default TryPage

import { Page } from '../../parts/page.tsx'
import { Reading } from '../../parts/states.tsx'

const CallsPage = () => (
  <Page title="Calls">
    <Reading />
  </Page>
)

export default CallsPage

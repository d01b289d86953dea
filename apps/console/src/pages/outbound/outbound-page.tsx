import { Page } from '../../parts/page.tsx'
import { Reading } from '../../parts/states.tsx'

const OutboundPage = () => (
  <Page title="Outbound">
    <Reading />
  </Page>
)

export default OutboundPage

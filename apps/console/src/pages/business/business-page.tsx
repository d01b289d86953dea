import { Page } from '../../parts/page.tsx'
import { Reading } from '../../parts/states.tsx'

const BusinessPage = () => (
  <Page title="Business">
    <Reading />
  </Page>
)

export default BusinessPage

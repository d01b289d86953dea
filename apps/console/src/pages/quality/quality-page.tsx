import { Page } from '../../parts/page.tsx'
import { Reading } from '../../parts/states.tsx'

const QualityPage = () => (
  <Page title="Quality">
    <Reading />
  </Page>
)

export default QualityPage

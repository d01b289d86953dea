import { Page } from '../../parts/page.tsx'
import { Reading } from '../../parts/states.tsx'

const NumbersPage = () => (
  <Page title="Numbers">
    <Reading />
  </Page>
)

export default NumbersPage

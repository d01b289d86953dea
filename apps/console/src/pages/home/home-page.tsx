import { Page } from '../../parts/page.tsx'
import { Reading } from '../../parts/states.tsx'

const HomePage = () => (
  <Page title="Home">
    <Reading />
  </Page>
)

export default HomePage

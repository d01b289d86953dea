import { Component, type ReactNode } from 'react'
import { Page } from '../parts/page.tsx'
import { Failed } from '../parts/states.tsx'

/** Shows what failed in a page in its place, and leaves the frame. React has no other way than a class. */
export class Catch extends Component<{ children: ReactNode }, { error?: unknown }> {
  override state: { error?: unknown } = {}
  static getDerivedStateFromError(error: unknown) {
    return { error }
  }
  override render() {
    if (!('error' in this.state)) return this.props.children
    return (
      <Page title="This page failed">
        <Failed
          error={this.state.error}
          stillWorks="The other pages still work. A newer version may have been started since this one was opened."
          retry={() => location.reload()}
        />
      </Page>
    )
  }
}

import { Banner } from './banner.tsx'

/** What a test call would have done, marked as what has not happened; nothing when there is nothing to tell. */
export const WouldHave = ({ deeds }: { deeds: readonly string[] | undefined }) =>
  deeds === undefined || deeds.length === 0 ? null : (
    <Banner tone="quiet">
      <p>
        <strong>A test: nothing of this has happened.</strong>
      </p>
      <ul>
        {deeds.map((deed) => (
          <li key={deed}>{deed}</li>
        ))}
      </ul>
    </Banner>
  )

/** The same list as files, with the same filters: `csv` and `json` are addresses of routes. */
export const ExportLinks = ({ csv, json }: { csv?: string; json?: string }) => (
  <span>
    Export{' '}
    {csv ? (
      <a href={csv} download>
        CSV
      </a>
    ) : null}
    {csv && json ? ' · ' : null}
    {json ? (
      <a href={json} download>
        JSON
      </a>
    ) : null}
  </span>
)

/** The sentences of the page of live calls. */
export const words = {
  title: 'Live',
  caption: 'Live calls',
  quiet: 'The line is quiet.',
  ring: 'Ring one of these numbers, or',
  tryIt: 'try it in the browser',
  test: 'test call',
  listFailed: 'Live calls appear as soon as the gateway is reached.',
}

/** Reads the live feed: calls `onNotice` with the data of each event until the stream ends. */
export const readNotices = async <Notice>(
  body: ReadableStream<Uint8Array>,
  onNotice: (notice: Notice) => void,
): Promise<void> => {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true })
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = block.split('\n').find((line) => line.startsWith('data: '))
      if (data) onNotice(JSON.parse(data.slice(6)) as Notice)
    }
  }
}

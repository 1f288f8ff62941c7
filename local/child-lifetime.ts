/**
 * Ends this process cleanly on SIGTERM and when its parent is gone. Ctrl-C reaches it too, but then the parent stops it,
 * after what is in flight.
 */
export function endWithParent(close: () => Promise<unknown>): void {
  const end = () => void close().finally(() => process.exit(0))
  process.once('SIGTERM', end)
  process.once('disconnect', end)
  process.on('SIGINT', () => {
    if (!process.connected) end()
  })
}

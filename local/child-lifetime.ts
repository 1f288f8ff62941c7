/** Ends this process cleanly on SIGTERM and when its parent is gone; on Ctrl-C only if nobody else sees to that. */
export function endWithParent(close: () => Promise<unknown>): void {
  const end = () => void close().finally(() => process.exit(0))
  process.once('SIGTERM', end)
  process.once('disconnect', end)
  process.on('SIGINT', () => {
    if (process.env['LOCAL_CHILD'] !== '1') end()
  })
}

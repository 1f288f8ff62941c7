/** An HTTP request as the pipe sees it: raw bytes and lower-cased header names, whatever gateway it came through. */
export type HttpRequest = {
  readonly method: string
  /** Path without the query string, e.g. `/forms/contact`. API Gateway has decoded it: no signature can be built on it. */
  readonly path: string
  /** Query string without `?`, exactly as sent. */
  readonly rawQuery: string
  readonly headers: Readonly<Record<string, string>>
  /** The body exactly as the sender sent it: signatures are computed over these bytes. */
  readonly body: Buffer
  readonly sourceIp: string
}

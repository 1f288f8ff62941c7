/** Something people shall hear of. `html` says the same as `text`, for mail. */
export type Notice = { readonly subject: string; readonly text: string; readonly html?: string }

/** Tells people, over every way that is configured. Never throws: what could not be said is in the log. */
export type Notify = (notice: Notice) => Promise<void>

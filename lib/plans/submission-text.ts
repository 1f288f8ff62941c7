import type { FormSubmission } from '../events/form-submission.ts'

/** Everything a visitor sent, for people to read: one field a line, long values on lines of their own. */
export function submissionAsText(submission: FormSubmission, receivedAt: Date): string {
  const heading = `Form "${submission.form}", received ${receivedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const fields = submission.fields.map(({ name, value }) => fieldAsText(name, value))
  const files = submission.files.map(
    (file) => `${file.field}: file "${file.filename}" (${file.contentType}, ${file.sizeInBytes} bytes)`,
  )
  return [heading, '', ...fields, ...files].join('\n')
}

function fieldAsText(name: string, value: string): string {
  return value.includes('\n') ? `${name}:\n${value}` : `${name}: ${value}`
}

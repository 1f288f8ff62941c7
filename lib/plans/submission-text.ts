import type { FormSubmission } from '../events/form-submission.ts'
import type { PlanContext } from './index.ts'

/**
 * Everything a visitor sent, for people to read: one field a line, long values on lines of their own, then the files with
 * where to get them.
 */
export function submissionAsText(
  submission: FormSubmission,
  { receivedAt, fileUrl }: Pick<PlanContext, 'receivedAt' | 'fileUrl'>,
): string {
  const { form, fields, files, links = [], remarks = [], pageUrl, language } = submission
  const heading = `Form "${form}", received ${receivedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const about = [
    ...(pageUrl === undefined ? [] : [`Page: ${pageUrl}`]),
    ...(language === undefined ? [] : [`Language: ${language}`]),
    ...remarks,
  ]
  return [
    heading,
    ...about,
    '',
    ...fields.map(({ name, value }) => fieldAsText(name, value)),
    ...files.flatMap((file, index) => [fileAsText(file), fileUrl(index)]),
    ...links.map(
      ({ field, url, filename }) => `${field}: ${filename === undefined ? '' : `"${filename}" `}${url}`,
    ),
  ].join('\n')
}

function fieldAsText(name: string, value: string): string {
  return value.includes('\n') ? `${name}:\n${value}` : `${name}: ${value}`
}

function fileAsText({ field, filename, contentType, sizeInBytes }: FormSubmission['files'][number]): string {
  return `${field}: file "${filename}" (${contentType}, ${sizeInBytes} bytes)`
}

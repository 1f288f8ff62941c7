import { expect, it } from 'vitest'
import { defineConfig } from '../../lib/config/config.ts'
import { type FileLink, fileLinks, isOurLink } from '../../lib/delivery/file-links.ts'

const DAY_MS = 24 * 60 * 60_000
const RECEIVED_AT = Date.UTC(2026, 10, 25)
const config = defineConfig({
  installation: 'test',
  publicUrl: 'https://example.com/stage/',
  sources: {},
  retention: { payloadDays: 3 },
})
const around = { config, hash: (text: string) => `hash of ${text}` }
const linkTo = fileLinks('contact:a/b', RECEIVED_AT, around)

function parsed(url: string): { link: FileLink; signature: string } {
  const { pathname, searchParams } = new URL(url)
  const [, , , eventId = '', index] = pathname.split('/')
  const expiresAt = Number(searchParams.get('expires'))
  return {
    link: { eventId: decodeURIComponent(eventId), index: Number(index), expiresAt },
    signature: searchParams.get('signature') ?? '',
  }
}

it('a link names its delivery and the place of its file, and is good for as long as the payload is kept', () => {
  const url = linkTo(1)
  expect(url).toMatch('https://example.com/stage/files/contact%3Aa%2Fb/1?')
  const expiresAt = RECEIVED_AT + 3 * DAY_MS
  expect(parsed(url).link).toEqual({ eventId: 'contact:a/b', index: 1, expiresAt })
  expect(fileLinks('contact:a/b', RECEIVED_AT, around)(1)).toBe(url)
})

it('a link is ours as it was made, and no other', () => {
  const { link, signature } = parsed(linkTo(1))
  expect(isOurLink(link, signature, around)).toBe(true)
  const others: Partial<FileLink>[] = [
    { eventId: 'contact:c' },
    { index: 0 },
    { expiresAt: link.expiresAt + 1 },
  ]
  for (const other of others) expect(isOurLink({ ...link, ...other }, signature, around)).toBe(false)
  for (const wrong of ['', signature.slice(1), `${signature}x`, signature.replace('h', 'j')])
    expect(isOurLink(link, wrong, around)).toBe(false)
  expect(signature).toContain('file')
})

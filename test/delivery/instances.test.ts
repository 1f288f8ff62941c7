import { describe, expect, it } from 'vitest'
import { defineConfig } from '../../lib/config/config.ts'
import { kindsOf, sourceAt, sourceOf, UnknownInstanceError } from '../../lib/delivery/instances.ts'
import { loadSource } from '../../lib/sources/index.ts'

const config = defineConfig({
  installation: 'test',
  publicUrl: 'https://example.com/stage/',
  sources: {
    contact: { source: 'web-form', secrets: ['ONE', 'TWO'] },
    shop: { source: 'woocommerce', secrets: [] },
    odd: { source: 'nobody-knows' },
  },
})
const secrets: Readonly<Record<string, string[]>> = { ONE: ['new', 'old'], TWO: ['other'] }
const pipe = { config, loadSource, secret: async (name: string) => secrets[name] ?? [] }

describe('a configured instance', () => {
  it('is its source with all its secrets and its own address', async () => {
    const { source, instance, context } = await sourceOf('contact', pipe)
    expect([source.name, instance]).toEqual(['web-form', config.sources['contact']])
    expect(context).toStrictEqual({
      instance: 'contact',
      options: instance.options,
      secrets: ['new', 'old', 'other'],
      url: 'https://example.com/stage/forms/contact',
      acceptTests: instance.acceptTests,
    })
  })

  it('hears of the token in the address where there is one', async () => {
    const { context } = await sourceAt({ kind: 'order', name: 'shop', token: 't' }, pipe)
    expect(context).toMatchObject({ token: 't', url: 'https://example.com/stage/orders/shop' })
  })

  it('is known by its own name alone, and takes its own kind of delivery alone', async () => {
    const unknown = (name: string) =>
      new UnknownInstanceError(`no source is configured under the name "${name}"`)
    for (const name of ['nobody', 'toString', '__proto__'])
      await expect(sourceOf(name, pipe)).rejects.toThrow(unknown(name))
    await expect(sourceAt({ kind: 'order', name: 'contact' }, pipe)).rejects.toThrow(
      new UnknownInstanceError('"contact" takes no orders'),
    )
  })

  it('has a kind; one whose source nobody knows counts as a form', async () => {
    expect(Object.fromEntries(await kindsOf(pipe))).toEqual({ contact: 'form', shop: 'order', odd: 'form' })
  })
})

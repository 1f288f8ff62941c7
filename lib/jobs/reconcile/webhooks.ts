import type { Pipe } from '../../delivery/pipe.ts'
import { updateItem } from '../../delivery/store/update.ts'
import { vendorApiOf } from '../../delivery/vendor-api.ts'
import { listWooCommerceWebhooks, type WooCommerceWebhook } from '../../sources/api/woocommerce.ts'
import * as z from '../../values/schema.ts'

const Known = z.object({ format: z.literal(1), disabled: z.array(z.string()) })

/** How many of our webhooks in a WooCommerce shop are switched off. People are told when one is that was not before. */
export async function tellOfDisabledWebhooks(name: string, pipe: Pipe): Promise<number> {
  const instance = pipe.config.sources[name]
  if (instance?.source !== 'woocommerce') return 0
  const api = vendorApiOf(instance, pipe)
  const [consumerKey, consumerSecret] = await Promise.all(
    ['consumerKey', 'consumerSecret'].map((credential) => api.credential(credential)),
  )
  const baseUrl = api.baseUrl ?? instance.options['site']
  if (typeof baseUrl !== 'string' || consumerKey === undefined || consumerSecret === undefined) return 0
  const { timeoutMs } = api
  const webhooks = await listWooCommerceWebhooks({ baseUrl, consumerKey, consumerSecret, timeoutMs }).catch(
    (error: unknown) => cannotList(error, name, pipe),
  )
  const ours = webhooks.filter((one) => isOurs(one, name, pipe) && one.status === 'disabled')
  for (const { id } of ours)
    pipe.log.error('a webhook is switched off', { job: 'reconcile-orders', instance: name, recordId: id })
  if (await isNews(name, ours, pipe)) await tell(name, ours, pipe)
  return ours.length
}

/** A key may be allowed to read orders and not webhooks. */
function cannotList(error: unknown, instance: string, { log }: Pipe): WooCommerceWebhook[] {
  const errorName = error instanceof Error ? error.name : 'unknown'
  log.warn('webhooks could not be listed', { job: 'reconcile-orders', instance, errorName })
  return []
}

function isOurs({ deliveryUrl }: WooCommerceWebhook, name: string, { config }: Pipe): boolean {
  return deliveryUrl.startsWith(`${config.publicUrl.replace(/\/$/, '')}/orders/${name}`)
}

async function isNews(name: string, ours: readonly WooCommerceWebhook[], { ledger }: Pipe): Promise<boolean> {
  const disabled = ours.map(({ id }) => id).toSorted()
  let news = false
  await updateItem(ledger.store, `webhooks#${name}`, (item) => {
    const known = item === undefined ? [] : Known.parse(item.value).disabled
    news = disabled.some((id) => !known.includes(id))
    return known.join() === disabled.join() ? undefined : { value: { format: 1, disabled } }
  })
  return news
}

async function tell(name: string, ours: readonly WooCommerceWebhook[], { notify }: Pipe): Promise<void> {
  const topics = ours.map(({ id, topic }) => `${topic} (webhook ${id})`).join(', ')
  await notify({
    subject: `WooCommerce has switched off a webhook of ${name}`,
    text: `After five failures in a row WooCommerce gives up without a word. Switch it on again under WooCommerce, Settings, Advanced, Webhooks: ${topics}.`,
  })
}

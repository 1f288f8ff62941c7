import type { Source } from './source.ts'

/** Every outside system we know, loaded when it is needed: a function starts faster with one than with all. */
export const sources = {
  'adobe-commerce': () => import('./adobe-commerce.ts').then((module) => module.adobeCommerce),
  bigcommerce: () => import('./bigcommerce.ts').then((module) => module.bigcommerce),
  ecwid: () => import('./ecwid.ts').then((module) => module.ecwid),
  prestashop: () => import('./prestashop.ts').then((module) => module.prestashop),
  shopify: () => import('./shopify.ts').then((module) => module.shopify),
  square: () => import('./square.ts').then((module) => module.square),
  squarespace: () => import('./squarespace.ts').then((module) => module.squarespace),
  woocommerce: () => import('./woocommerce.ts').then((module) => module.woocommerce),
  'gravity-forms': () => import('./gravity-forms.ts').then((module) => module.gravityForms),
  jotform: () => import('./jotform.ts').then((module) => module.jotform),
  typeform: () => import('./typeform.ts').then((module) => module.typeform),
  'web-form': () => import('./web-form.ts').then((module) => module.webForm),
} satisfies Record<string, () => Promise<Source>>

export type SourceName = keyof typeof sources

/** The source of this name. Throws an Error that lists the names there are. */
export async function loadSource(name: string): Promise<Source> {
  if (!isSourceName(name)) {
    throw new Error(`source: there is no "${name}"; known are ${Object.keys(sources).join(', ')}`)
  }
  return sources[name]()
}

function isSourceName(name: string): name is SourceName {
  return Object.hasOwn(sources, name)
}

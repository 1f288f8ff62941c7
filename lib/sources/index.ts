import type { Source } from './source.ts'

/** Every outside system we know, loaded when it is needed: a function starts faster with one than with all. */
export const sources = {
  'adobe-commerce': () => import('./adobe-commerce.ts').then((module) => module.adobeCommerce),
  'generic-form': () => import('./generic.ts').then((module) => module.genericForm),
  'generic-order': () => import('./generic.ts').then((module) => module.genericOrder),
  'standard-webhooks-form': () =>
    import('./standard-webhooks.ts').then((module) => module.standardWebhooksForm),
  'standard-webhooks-order': () =>
    import('./standard-webhooks.ts').then((module) => module.standardWebhooksOrder),
  bigcommerce: () => import('./bigcommerce.ts').then((module) => module.bigcommerce),
  'contact-form-7': () => import('./contact-form-7.ts').then((module) => module.contactForm7),
  ecwid: () => import('./ecwid.ts').then((module) => module.ecwid),
  prestashop: () => import('./prestashop.ts').then((module) => module.prestashop),
  elementor: () => import('./elementor.ts').then((module) => module.elementor),
  fillout: () => import('./fillout.ts').then((module) => module.fillout),
  formspree: () => import('./formspree.ts').then((module) => module.formspree),
  framer: () => import('./framer.ts').then((module) => module.framer),
  'google-forms': () => import('./google-forms.ts').then((module) => module.googleForms),
  'gravity-forms': () => import('./gravity-forms.ts').then((module) => module.gravityForms),
  hubspot: () => import('./hubspot.ts').then((module) => module.hubspot),
  jotform: () => import('./jotform.ts').then((module) => module.jotform),
  netlify: () => import('./netlify.ts').then((module) => module.netlify),
  shopify: () => import('./shopify.ts').then((module) => module.shopify),
  square: () => import('./square.ts').then((module) => module.square),
  squarespace: () => import('./squarespace.ts').then((module) => module.squarespace),
  stripe: () => import('./stripe.ts').then((module) => module.stripe),
  tally: () => import('./tally.ts').then((module) => module.tally),
  typeform: () => import('./typeform.ts').then((module) => module.typeform),
  'web-form': () => import('./web-form.ts').then((module) => module.webForm),
  webflow: () => import('./webflow.ts').then((module) => module.webflow),
  woocommerce: () => import('./woocommerce.ts').then((module) => module.woocommerce),
  wpforms: () => import('./wpforms.ts').then((module) => module.wpforms),
} satisfies Record<string, () => Promise<Source>>

export type SourceName = keyof typeof sources

const loaded = new Map<SourceName, Promise<Source>>()

/** The source of this name. Throws an Error that lists the names there are. */
export async function loadSource(name: string): Promise<Source> {
  if (!isSourceName(name)) {
    throw new Error(`source: there is no "${name}"; known are ${Object.keys(sources).join(', ')}`)
  }
  // `import()` resolves its path anew at every call.
  const source = loaded.get(name) ?? sources[name]()
  loaded.set(name, source)
  return source
}

function isSourceName(name: string): name is SourceName {
  return Object.hasOwn(sources, name)
}

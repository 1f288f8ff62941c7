import { expect, it } from 'vitest'
import { ForeignLinkError, pathUnderBase } from '../../lib/crm/hypermedia.ts'
import { parseBaseUrl } from '../../lib/crm/url.ts'

const base = parseBaseUrl('https://crm.example.com/sdata/crmj/sagecrm2/-')

it.each([
  ["http://old-host/sdata/crmj/sagecrm2/-/company('43')", "company('43')"],
  ["https://crm.example.com/sdata/CRMj/sagecrm2/-/Cases('1')?select=x", "Cases('1')"],
  ["/sdata/crmj/sagecrm2/-/Person('7')", "Person('7')"],
  ["Person('7')", "Person('7')"],
  ["{$baseUrl}/Person('7')", "Person('7')"],
  ["https://crm.example.com@evil.example.com/sdata/crmj/sagecrm2/-/Person('7')", "Person('7')"],
])('takes only the path of %s, under the configured base', (link, path) => {
  expect(pathUnderBase(link, base)).toBe(path)
})

it.each([
  'http://169.254.169.254/latest/meta-data/',
  'https://evil.example.com/',
  "//evil.example.com/sdata/crmj/sagecrm2/-/company('43')",
  'https://crm.example.com/sdata/crmj/sagecrm2/-/../../../secret',
  '/sdata/crmj/sagecrm2/-/%2e%2e/x',
  '/sdata/crmj/sagecrm2/-/..;/..;/secret',
  '/sdata/crmj/sagecrm2/-/%2e%2e%3b/secret',
  '/sdata/crmj/sagecrm2/-/%252e%252e/secret',
  '/sdata/crmj/sagecrm2/-/a%0d%0ab',
  'https://evil.example.com',
  'ftp://evil.example.com/sdata/crmj/sagecrm2/-/x',
  'javascript:alert(1)',
  '',
  '/sdata/crmj/sagecrm2/-/a%2fb',
  '/sdata/crmj/sagecrm2/-/a%5cb',
  '/sdata/crmj/sagecrm2/-/a\\b',
  '/sdata/crmj/sagecrm2/-/%',
  'https://crm.example.com/other',
  'javascript:alert(1)/../../x',
])('refuses %s', (link) => {
  expect(() => pathUnderBase(link, base)).toThrow(ForeignLinkError)
})

import { expect, it } from 'vitest'
import { CrmMisconfiguredError } from '../../lib/crm/errors.ts'
import { entryPath, parseBaseUrl, queryString } from '../../lib/crm/url.ts'

it.each([
  ['https://crm.example.com/sdata/crm2j/sagecrm2/-', 'https://crm.example.com/sdata/crm2j/sagecrm2/-'],
  ['https://crm.example.com/sdata/crmj/sagecrm2/-//', 'https://crm.example.com/sdata/crmj/sagecrm2/-'],
  ['https://crm.example.com', 'https://crm.example.com/sdata/crmj/sagecrm2/-'],
  ['http://[::1]:8080/', 'http://[::1]:8080/sdata/crmj/sagecrm2/-'],
])('the address %s means %s', (given, base) => {
  expect(parseBaseUrl(given).href).toBe(base)
})

it.each([
  [{ installName: 'crm2020' }, 'https://crm.example.com/sdata/crm2020j/sagecrm2/-'],
  [{ installName: 'CRM', contract: 'sagecrm' }, 'https://crm.example.com/sdata/CRMj/sagecrm/-'],
])('of an origin alone, the path is made of %j', (path, base) => {
  expect(parseBaseUrl('https://crm.example.com', path).href).toBe(base)
})

it.each([{ installName: '../x' }, { installName: '' }, { contract: 'sage crm' }])('%j is refused', (path) => {
  expect(() => parseBaseUrl('https://crm.example.com', path)).toThrow(/letters, digits and underscores/)
})

it.each([
  ['ftp://crm/', /http or https/],
  ['nowhere', /http or https/],
  ['https://user:secret@crm/', /user name or password/],
  ['https://crm/-?x=1', /end with the contract/],
  ['https://crm/-#x', /end with the contract/],
])('the address %s is refused', (given, rule) => {
  expect(() => parseBaseUrl(given)).toThrow(CrmMisconfiguredError)
  expect(() => parseBaseUrl(given)).toThrow(rule)
  expect(() => parseBaseUrl(given)).not.toThrow(/secret/)
})

it.each([
  ['Cases', '43', "Cases('43')"],
  ['Company', "O'Brien 100%/x", "Company('O''Brien%20100%25%2Fx')"],
])('the record of %s with the key %s lies at %s', (resource, key, path) => {
  expect(entryPath(resource, key)).toBe(path)
})

it('a query has %20 for blanks, %25 for percent signs and nothing that ends a parameter', () => {
  expect(queryString({ where: "a like 'b%'&c=1 + 2" })).toBe("?where=a%20like%20'b%25'%26c%3D1%20%2B%202")
  expect(queryString({})).toBe('')
})

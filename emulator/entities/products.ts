import { amount, choice, decimal, flag, id, integer, reference, string, systemColumns } from './column.ts'
import type { EntityDefinition } from './entity.ts'

export const productFamily: EntityDefinition = {
  name: 'ProductFamily',
  tableId: 110,
  prefix: 'PrFa',
  idColumn: 'PrFa_ProductFamilyID',
  title: ['prfa_name'],
  columns: [
    id('PrFa_ProductFamilyID'),
    string('prfa_name', 60, { mandatory: true }),
    string('prfa_description', 255),
    flag('prfa_active', { default: 'Y' }),
    ...systemColumns('PrFa'),
  ],
}

export const newProduct: EntityDefinition = {
  name: 'NewProduct',
  tableId: 111,
  prefix: 'Prod',
  idColumn: 'Prod_ProductID',
  title: ['prod_name'],
  columns: [
    id('Prod_ProductID'),
    string('prod_code', 60, { indexed: true, caption: 'Product code' }),
    string('prod_name', 120, { mandatory: true, indexed: true, caption: 'Product name' }),
    reference('prod_productfamilyid', 'ProductFamily', { caption: 'Product family' }),
    integer('prod_UOMCategory', { caption: 'UOM category' }),
    flag('prod_Active', { default: 'Y' }),
    string('prod_IntForeignId', 255, { hidden: true }),
    ...systemColumns('Prod'),
  ],
}

export const uom: EntityDefinition = {
  name: 'UOM',
  tableId: 112,
  prefix: 'UOM',
  idColumn: 'UOM_UOMID',
  title: ['uom_name'],
  columns: [
    id('UOM_UOMID'),
    string('uom_name', 60, { mandatory: true }),
    string('uom_description', 255),
    integer('uom_familyID', { caption: 'UOM category' }),
    integer('uom_units', { default: 1 }),
    flag('uom_Active', { default: 'Y' }),
    ...systemColumns('UOM'),
  ],
}

export const pricingList: EntityDefinition = {
  name: 'PricingList',
  tableId: 113,
  prefix: 'PrLi',
  idColumn: 'PrLi_PricingListID',
  title: ['prli_name'],
  columns: [
    id('PrLi_PricingListID'),
    string('prli_name', 60, { mandatory: true }),
    string('prli_description', 255),
    flag('prli_Defaultvalue', { caption: 'Default' }),
    flag('prli_Active', { default: 'Y' }),
    ...systemColumns('PrLi'),
  ],
}

export const pricing: EntityDefinition = {
  name: 'Pricing',
  tableId: 114,
  prefix: 'Pric',
  idColumn: 'Pric_PricingID',
  title: ['Pric_PricingID'],
  columns: [
    id('Pric_PricingID'),
    reference('pric_ProductID', 'NewProduct', { mandatory: true, indexed: true, caption: 'Product' }),
    reference('pric_PricingListID', 'PricingList', { mandatory: true, caption: 'Pricing list' }),
    reference('pric_UOMID', 'UOM', { caption: 'Unit of measure' }),
    ...amount('pric_price', { caption: 'Price' }),
    flag('pric_Active', { default: 'Y' }),
    ...systemColumns('Pric'),
  ],
}

export const currency: EntityDefinition = {
  name: 'Currency',
  tableId: 115,
  prefix: 'Curr',
  idColumn: 'Curr_CurrencyID',
  title: ['Curr_Symbol'],
  readOnly: true,
  columns: [
    id('Curr_CurrencyID'),
    string('Curr_Symbol', 10, { mandatory: true }),
    string('Curr_Description', 60),
    choice('Curr_Round', 10, 'Curr_Round'),
    decimal('Curr_Rate', { caption: 'Rate' }),
    flag('Curr_Active', { default: 'Y' }),
    ...systemColumns('Curr'),
  ],
}

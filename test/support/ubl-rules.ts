import { Money } from '@isp/kernel';
import sax from 'sax';

export interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Node[];
  text: string;
}

/** A strict parser's view of the document: what is not well-formed throws. */
export function parse(xml: string): Node {
  const top: Node = { name: '', attributes: {}, children: [], text: '' };
  const open: Node[] = [top];
  const parser = sax.parser(true);
  parser.onerror = (error) => {
    throw error;
  };
  parser.onopentag = ({ name, attributes }) => {
    const node = {
      name: name.replace(/^.*:/, ''),
      attributes: attributes as Record<string, string>,
      children: [],
      text: '',
    };
    open.at(-1)?.children.push(node);
    open.push(node);
  };
  parser.ontext = (text) => {
    const node = open.at(-1);
    if (node) node.text += text;
  };
  parser.onclosetag = () => void open.pop();
  parser.write(xml).close();
  return top.children[0] as Node;
}

export const all = (node: Node, path: string): Node[] =>
  path
    .split('/')
    .reduce<Node[]>(
      (found, name) => found.flatMap((one) => one.children.filter((child) => child.name === name)),
      [node],
    );
export const textOf = (node: Node, path: string): string | undefined => all(node, path)[0]?.text;
const cents = (node: Node, path: string): bigint => Money.of(textOf(node, path) ?? 'missing', 'EUR').toMinor();

/** The order of elements in the schemas of UBL 2.1, of those that may be there. */
const ORDER: Readonly<Record<string, string>> = {
  Invoice:
    'UBLVersionID CustomizationID ProfileID ProfileExecutionID ID CopyIndicator UUID IssueDate IssueTime DueDate InvoiceTypeCode Note TaxPointDate DocumentCurrencyCode TaxCurrencyCode PricingCurrencyCode PaymentCurrencyCode PaymentAlternativeCurrencyCode AccountingCostCode AccountingCost LineCountNumeric BuyerReference InvoicePeriod OrderReference BillingReference DespatchDocumentReference ReceiptDocumentReference StatementDocumentReference OriginatorDocumentReference ContractDocumentReference AdditionalDocumentReference ProjectReference Signature AccountingSupplierParty AccountingCustomerParty PayeeParty BuyerCustomerParty SellerSupplierParty TaxRepresentativeParty Delivery DeliveryTerms PaymentMeans PaymentTerms PrepaidPayment AllowanceCharge TaxExchangeRate PricingExchangeRate PaymentExchangeRate PaymentAlternativeExchangeRate TaxTotal WithholdingTaxTotal LegalMonetaryTotal InvoiceLine',
  CreditNote:
    'UBLVersionID CustomizationID ProfileID ProfileExecutionID ID CopyIndicator UUID IssueDate IssueTime TaxPointDate CreditNoteTypeCode Note DocumentCurrencyCode TaxCurrencyCode PricingCurrencyCode PaymentCurrencyCode PaymentAlternativeCurrencyCode AccountingCostCode AccountingCost LineCountNumeric BuyerReference InvoicePeriod DiscrepancyResponse OrderReference BillingReference DespatchDocumentReference ReceiptDocumentReference ContractDocumentReference AdditionalDocumentReference StatementDocumentReference OriginatorDocumentReference Signature AccountingSupplierParty AccountingCustomerParty PayeeParty BuyerCustomerParty SellerSupplierParty TaxRepresentativeParty Delivery DeliveryTerms PaymentMeans PaymentTerms TaxExchangeRate PricingExchangeRate PaymentExchangeRate PaymentAlternativeExchangeRate AllowanceCharge TaxTotal LegalMonetaryTotal CreditNoteLine',
  BillingReference: 'InvoiceDocumentReference SelfBilledInvoiceDocumentReference',
  InvoiceDocumentReference: 'ID CopyIndicator UUID IssueDate',
  Party:
    'MarkCareIndicator MarkAttentionIndicator WebsiteURI LogoReferenceID EndpointID IndustryClassificationCode PartyIdentification PartyName Language PostalAddress PhysicalLocation PartyTaxScheme PartyLegalEntity Contact Person AgentParty',
  PostalAddress:
    'ID AddressTypeCode AddressFormatCode Postbox Floor Room StreetName AdditionalStreetName BlockName BuildingName BuildingNumber InhouseMail Department MarkAttention MarkCare PlotIdentification CitySubdivisionName CityName PostalZone CountrySubentity CountrySubentityCode Region District TimezoneOffset AddressLine Country',
  PartyTaxScheme:
    'RegistrationName CompanyID TaxLevelCode ExemptionReasonCode ExemptionReason RegistrationAddress TaxScheme',
  PartyLegalEntity: 'RegistrationName CompanyID RegistrationDate',
  Contact: 'ID Name Telephone Telefax ElectronicMail',
  PaymentMeans:
    'ID PaymentMeansCode PaymentDueDate PaymentChannelCode InstructionID InstructionNote PaymentID CardAccount PayerFinancialAccount PayeeFinancialAccount',
  PayeeFinancialAccount:
    'ID Name AliasName AccountTypeCode AccountFormatCode CurrencyCode PaymentNote FinancialInstitutionBranch',
  TaxTotal: 'TaxAmount RoundingAmount TaxEvidenceIndicator TaxIncludedIndicator TaxSubtotal',
  TaxSubtotal:
    'TaxableAmount TaxAmount CalculationSequenceNumeric TransactionCurrencyTaxAmount Percent BaseUnitMeasure PerUnitAmount TierRange TierRatePercent TaxCategory',
  TaxCategory:
    'ID Name Percent BaseUnitMeasure PerUnitAmount TaxExemptionReasonCode TaxExemptionReason TierRange TierRatePercent TaxScheme',
  ClassifiedTaxCategory:
    'ID Name Percent BaseUnitMeasure PerUnitAmount TaxExemptionReasonCode TaxExemptionReason TierRange TierRatePercent TaxScheme',
  LegalMonetaryTotal:
    'LineExtensionAmount TaxExclusiveAmount TaxInclusiveAmount AllowanceTotalAmount ChargeTotalAmount PrepaidAmount PayableRoundingAmount PayableAmount',
  InvoiceLine:
    'ID UUID Note InvoicedQuantity LineExtensionAmount TaxPointDate AccountingCostCode AccountingCost PaymentPurposeCode FreeOfChargeIndicator InvoicePeriod OrderLineReference DespatchLineReference ReceiptLineReference BillingReference DocumentReference PricingReference OriginatorParty Delivery PaymentTerms AllowanceCharge TaxTotal WithholdingTaxTotal Item Price',
  CreditNoteLine:
    'ID UUID Note CreditedQuantity LineExtensionAmount TaxPointDate AccountingCostCode AccountingCost PaymentPurposeCode FreeOfChargeIndicator InvoicePeriod DiscrepancyResponse OrderLineReference DespatchLineReference ReceiptLineReference BillingReference DocumentReference PricingReference OriginatorParty Delivery PaymentTerms TaxTotal AllowanceCharge Item Price',
  Item: 'Description PackQuantity PackSizeNumeric CatalogueIndicator Name HazardousRiskIndicator AdditionalInformation Keyword BrandName ModelName BuyersItemIdentification SellersItemIdentification StandardItemIdentification OriginCountry CommodityClassification ClassifiedTaxCategory',
  Price: 'PriceAmount BaseQuantity',
  InvoicePeriod: 'StartDate StartTime EndDate',
};

/** Elements that are not where the schema has them, by the path of their parent. */
export function misplaced(node: Node): string[] {
  const order = ORDER[node.name]?.split(' ');
  const positions = order ? node.children.map(({ name }) => order.indexOf(name)) : [];
  const wrong = positions.some((at, index) => at < 0 || at < (positions[index - 1] ?? 0));
  const undescribed = !order && node.children.length > 1;
  return [
    ...(wrong || undescribed ? [`${node.name}: ${node.children.map(({ name }) => name).join(' ')}`] : []),
    ...node.children.flatMap(misplaced),
  ];
}

/** The rules of EN 16931 that documents of ours can break; answers those that one breaks. */
export function broken(root: Node): string[] {
  const rules: Record<string, boolean> = {};
  const lines = [...all(root, 'InvoiceLine'), ...all(root, 'CreditNoteLine')];
  const subtotals = all(root, 'TaxTotal/TaxSubtotal');
  const total = (name: string) => cents(root, `LegalMonetaryTotal/${name}`);
  const sum = (values: readonly bigint[]) => values.reduce((left, right) => left + right, 0n);
  const supplier = all(root, 'AccountingSupplierParty/Party')[0] as Node;
  const customer = all(root, 'AccountingCustomerParty/Party')[0] as Node;
  const categoryOf = (line: Node) =>
    `${textOf(line, 'Item/ClassifiedTaxCategory/ID')} ${textOf(line, 'Item/ClassifiedTaxCategory/Percent')}`;
  const has = (node: Node, ...paths: readonly string[]) => paths.every((path) => (textOf(node, path) ?? '') !== '');
  rules['BR-1..5'] =
    has(root, 'CustomizationID', 'ID', 'IssueDate', 'DocumentCurrencyCode') &&
    (has(root, 'InvoiceTypeCode') || has(root, 'CreditNoteTypeCode'));
  rules['BR-6..9'] = has(supplier, 'PartyLegalEntity/RegistrationName', 'PostalAddress/Country/IdentificationCode');
  rules['BR-7..11'] = has(customer, 'PartyLegalEntity/RegistrationName', 'PostalAddress/Country/IdentificationCode');
  rules['BR-16'] = lines.length > 0;
  rules['BR-21..26'] = lines.every((line) =>
    has(line, 'ID', 'LineExtensionAmount', 'Item/Name', 'Price/PriceAmount', 'Item/ClassifiedTaxCategory/ID'),
  );
  rules['BR-27'] = lines.every((line) => !textOf(line, 'Price/PriceAmount')?.startsWith('-'));
  rules['BR-29/30'] = [root, ...lines]
    .flatMap((node) => all(node, 'InvoicePeriod'))
    .every((period) => (textOf(period, 'StartDate') ?? '') <= (textOf(period, 'EndDate') ?? ''));
  rules['BR-49/50'] = all(root, 'PaymentMeans').every((means) =>
    has(means, 'PaymentMeansCode', 'PayeeFinancialAccount/ID'),
  );
  rules['BR-55'] = all(root, 'BillingReference').every((reference) => has(reference, 'InvoiceDocumentReference/ID'));
  rules['BR-CO-10'] = total('LineExtensionAmount') === sum(lines.map((line) => cents(line, 'LineExtensionAmount')));
  rules['BR-CO-13'] = total('TaxExclusiveAmount') === total('LineExtensionAmount');
  rules['BR-CO-14'] = cents(root, 'TaxTotal/TaxAmount') === sum(subtotals.map((one) => cents(one, 'TaxAmount')));
  rules['BR-CO-15'] = total('TaxInclusiveAmount') === total('TaxExclusiveAmount') + cents(root, 'TaxTotal/TaxAmount');
  rules['BR-CO-16'] =
    total('PayableAmount') ===
    total('TaxInclusiveAmount') - (textOf(root, 'LegalMonetaryTotal/PrepaidAmount') ? total('PrepaidAmount') : 0n);
  // The published rule lets one unit of the currency pass between a base times its rate and its tax.
  rules['BR-CO-17'] = subtotals.every((one) => {
    const exact = Money.of(textOf(one, 'TaxableAmount') ?? '', 'EUR')
      .times(textOf(one, 'TaxCategory/Percent') ?? '')
      .dividedBy(100)
      .rounded()
      .toMinor();
    const off = exact - cents(one, 'TaxAmount');
    return off > -100n && off < 100n;
  });
  rules['BR-CO-18'] = subtotals.length > 0;
  rules['BR-CO-25'] =
    total('PayableAmount') <= 0n ||
    root.name === 'CreditNote' ||
    has(root, 'DueDate') ||
    has(root, 'PaymentTerms/Note');
  rules['BR-CO-26'] = has(supplier, 'PartyTaxScheme/CompanyID') || has(supplier, 'PartyLegalEntity/CompanyID');
  rules['BR-S/Z/E-1'] = lines.every((line) =>
    subtotals.some(
      (one) => `${textOf(one, 'TaxCategory/ID')} ${textOf(one, 'TaxCategory/Percent')}` === categoryOf(line),
    ),
  );
  rules['BR-S-2'] = lines.every(
    (line) => !categoryOf(line).startsWith('S') || has(supplier, 'PartyTaxScheme/CompanyID'),
  );
  rules['BR-S-5'] = lines.every(
    (line) => !categoryOf(line).startsWith('S') || Number(textOf(line, 'Item/ClassifiedTaxCategory/Percent')) > 0,
  );
  rules['BR-Z/E-5'] = lines.every(
    (line) => categoryOf(line).startsWith('S') || Number(textOf(line, 'Item/ClassifiedTaxCategory/Percent')) === 0,
  );
  rules['BR-S/Z/E-8'] = subtotals.every((one) => {
    const key = `${textOf(one, 'TaxCategory/ID')} ${textOf(one, 'TaxCategory/Percent')}`;
    return (
      cents(one, 'TaxableAmount') ===
      sum(lines.filter((line) => categoryOf(line) === key).map((line) => cents(line, 'LineExtensionAmount')))
    );
  });
  rules['BR-Z/E-9'] = subtotals.every((one) => textOf(one, 'TaxCategory/ID') === 'S' || cents(one, 'TaxAmount') === 0n);
  rules['BR-E-10'] = subtotals.every(
    (one) => (textOf(one, 'TaxCategory/ID') === 'E') === has(one, 'TaxCategory/TaxExemptionReason'),
  );
  return Object.entries(rules)
    .filter(([, kept]) => !kept)
    .map(([rule]) => rule);
}

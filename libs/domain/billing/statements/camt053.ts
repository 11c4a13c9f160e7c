import { Money } from '@isp/kernel';
import { type ParsedEntry, amountIn, dayIn, oneLine, saidOf, tidy, unreadable } from './parsed-entry.js';
import { type XmlNode, xmlTree } from './xml-tree.js';

/**
 * The booked entries of an ISO 20022 bank statement (camt.053, versions 001.02 to 001.08). An entry that is a batch comes
 * as its parts where the file tells them and they add up to it.
 * @throws `billing.statement.unreadable`
 */
export function entriesOfCamt(text: string): ParsedEntry[] {
  const statements = xmlTree(text).all('Document', 'BkToCstmrStmt', 'Stmt');
  if (statements.length === 0) unreadable('it is no camt.053 statement');
  return statements.flatMap((statement) => {
    const account = statement.at('Acct', 'Id', 'IBAN') ?? statement.at('Acct', 'Id', 'Othr', 'Id');
    if (account === undefined) unreadable('the statement names no account');
    return statement
      .all('Ntry')
      .filter((entry) => (entry.at('Sts', 'Cd') ?? entry.at('Sts') ?? 'BOOK') === 'BOOK')
      .flatMap((entry, index) => partsOf(entry, account, `entry ${index + 1}`));
  });
}

function partsOf(entry: XmlNode, bankAccount: string, where: string): ParsedEntry[] {
  const { total, ...whole } = wholeOf(entry, bankAccount, where);
  const { currency } = whole;
  const side = sideOf(entry, bankAccount, where);
  const signed = (text: string) => (side.isOut ? Money.of(text, currency).negated().toText() : text);
  const details = entry.all('NtryDtls', 'TxDtls');
  const amounts = details.map((detail) => partAmount(detail, currency, where));
  const sum = Money.sum(
    amounts.map((part) => Money.of(part ?? '0', currency)),
    currency,
  );
  const isSplit = details.length > 1 && amounts.every(Boolean) && sum.equals(Money.of(total, currency));
  if (isSplit)
    return details.map((detail, index) => ({
      ...whole,
      bankReference: oneLine(detail.at('Refs', 'AcctSvcrRef')) ?? nthOf(whole.bankReference, index),
      amount: signed(amounts[index] as string),
      ...whoOf(detail, side),
      returnedAmount: returnedOf(detail, amounts[index] as string, currency, side),
    }));
  const amount = signed(total);
  // Of several payers in one sum none is the payer: a person decides.
  if (details.length > 1) return [{ ...whole, amount, ...nobodyOf(details, side) }];
  const detail = details[0] ?? entry;
  return [{ ...whole, amount, ...whoOf(detail, side), returnedAmount: returnedOf(detail, total, currency, side) }];
}

/** What an entry says of itself, whatever its parts. */
function wholeOf(entry: XmlNode, bankAccount: string, where: string) {
  const [amount] = entry.all('Amt');
  const currency = amount?.attributes['Ccy'] ?? '';
  return {
    total: amountIn(amount?.text.trim() ?? '', currency, where),
    bankAccount,
    bookedOn: dayIn(entry.at('BookgDt', 'Dt') ?? entry.at('BookgDt', 'DtTm') ?? '', where),
    currency,
    bankReference: oneLine(entry.at('AcctSvcrRef') ?? entry.at('NtryRef')),
  };
}

interface Side {
  readonly isOut: boolean;
  readonly isReversal: boolean;
  /** Our own. */
  readonly bankAccount: string;
  readonly where: string;
}

function sideOf(entry: XmlNode, bankAccount: string, where: string): Side {
  const isOut = entry.at('CdtDbtInd') === 'DBIT';
  if (!isOut && entry.at('CdtDbtInd') !== 'CRDT') unreadable(`${where} is neither credit nor debit`);
  // As xs:boolean has it.
  const isReversal = ['true', '1'].includes(entry.at('RvslInd') ?? '');
  return { isOut, isReversal, bankAccount, where };
}

const takesBack = (detail: XmlNode): boolean => detail.all('RtrInf').length > 0;

function nobodyOf(details: readonly XmlNode[], { isReversal }: Side) {
  const isReturn = isReversal || details.some(takesBack);
  return {
    isReturn,
    returnedAmount: null,
    payerName: null,
    payerAccount: null,
    remittance: '',
    endToEndId: null,
    said: [null, null, '', null],
  };
}

/** What was instructed once, where more than that went out: the bank took its charges with it. */
function returnedOf(detail: XmlNode, amount: string, currency: string, side: Side): string | null {
  const [instructed] = detail.all('AmtDtls', 'InstdAmt', 'Amt');
  if (!side.isOut || !(side.isReversal || takesBack(detail))) return null;
  if (instructed?.attributes['Ccy'] !== currency) return null;
  const returned = Money.of(amountIn(instructed.text.trim(), currency, side.where), currency);
  return returned.isPositive() && returned.compare(Money.of(amount, currency)) < 0 ? returned.toText() : null;
}

const nthOf = (reference: string | null, index: number) => (reference === null ? null : `${reference}/${index + 1}`);

function partAmount(detail: XmlNode, currency: string, where: string): string | undefined {
  const [amount] = [...detail.all('Amt'), ...detail.all('AmtDtls', 'TxAmt', 'Amt')];
  if (!amount || amount.attributes['Ccy'] !== currency) return undefined;
  return amountIn(amount.text.trim(), currency, where);
}

function whoOf(detail: XmlNode, side: Side) {
  const isReturn = side.isReversal || takesBack(detail);
  const structured = detail.all('RmtInf', 'Strd', 'CdtrRefInf', 'Ref').map(({ text }) => text);
  const written = detail.all('RmtInf', 'Ustrd').map(({ text }) => text);
  const why = [...detail.all('RtrInf', 'Rsn', 'Cd'), ...detail.all('RtrInf', 'AddtlInf')].map(({ text }) => text);
  const remittance = [...structured, ...written, ...why].join(' ');
  const given = detail.at('Refs', 'EndToEndId');
  const endToEndId = given === 'NOTPROVIDED' ? undefined : given;
  const { name, account } = partyOf(detail, side, isReturn);
  return {
    isReturn,
    payerName: tidy(name),
    payerAccount: tidy(account),
    remittance: tidy(remittance) ?? '',
    endToEndId: tidy(endToEndId),
    said: [saidOf(name), saidOf(account), saidOf(remittance) ?? '', saidOf(endToEndId)],
  };
}

/** Who is on the other side, as the file says it. */
function partyOf(detail: XmlNode, { isOut, bankAccount }: Side, isReturn: boolean) {
  const [parties] = detail.all('RltdPties');
  const party = (role: 'Dbtr' | 'Cdtr') => ({
    name: parties?.at(role, 'Nm') ?? parties?.at(role, 'Pty', 'Nm'),
    account: parties?.at(`${role}Acct`, 'Id', 'IBAN') ?? parties?.at(`${role}Acct`, 'Id', 'Othr', 'Id'),
  });
  const [debtor, creditor] = [party('Dbtr'), party('Cdtr')];
  if (!isOut) return debtor;
  // A return names the parties of what it takes back; some banks turn them round.
  const isNamed = (debtor.name ?? debtor.account) !== undefined && debtor.account !== bankAccount;
  return isReturn && isNamed ? debtor : creditor;
}

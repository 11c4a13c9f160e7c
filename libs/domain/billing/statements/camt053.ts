import { Money } from '@isp/kernel';
import { type ParsedEntry, amountIn, dayIn, oneLine, tidy, unreadable } from './parsed-entry.js';
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
  const [amount] = entry.all('Amt');
  const currency = amount?.attributes['Ccy'] ?? '';
  const total = amountIn(amount?.text.trim() ?? '', currency, where);
  const isOut = entry.at('CdtDbtInd') === 'DBIT';
  const isReversal = entry.at('RvslInd') === 'true';
  if (!isOut && entry.at('CdtDbtInd') !== 'CRDT') unreadable(`${where} is neither credit nor debit`);
  const whole = {
    bankAccount,
    bookedOn: dayIn(entry.at('BookgDt', 'Dt') ?? entry.at('BookgDt', 'DtTm') ?? '', where),
    currency,
    bankReference: oneLine(entry.at('AcctSvcrRef') ?? entry.at('NtryRef')),
  };
  const signed = (text: string) => (isOut ? Money.of(text, currency).negated().toText() : text);
  const details = entry.all('NtryDtls', 'TxDtls');
  const amounts = details.map((detail) => partAmount(detail, currency, where));
  const sum = Money.sum(
    amounts.map((part) => Money.of(part ?? '0', currency)),
    currency,
  );
  const isSplit = details.length > 1 && amounts.every(Boolean) && sum.equals(Money.of(total, currency));
  // Of several payers in one sum none is the payer: a person decides.
  const who = details.length > 1 ? NOBODY : whoOf(details[0] ?? entry, isOut, isReversal);
  if (!isSplit) return [{ ...whole, amount: signed(total), ...who }];
  return details.map((detail, index) => ({
    ...whole,
    bankReference: oneLine(detail.at('Refs', 'AcctSvcrRef')) ?? nthOf(whole.bankReference, index),
    amount: signed(amounts[index] as string),
    ...whoOf(detail, isOut, isReversal),
  }));
}

const NOBODY = { isReturn: false, payerName: null, payerAccount: null, remittance: '', endToEndId: null };
const nthOf = (reference: string | null, index: number) => (reference === null ? null : `${reference}/${index + 1}`);

function partAmount(detail: XmlNode, currency: string, where: string): string | undefined {
  const [amount] = [...detail.all('Amt'), ...detail.all('AmtDtls', 'TxAmt', 'Amt')];
  if (!amount || amount.attributes['Ccy'] !== currency) return undefined;
  return amountIn(amount.text.trim(), currency, where);
}

function whoOf(detail: XmlNode, isOut: boolean, isReversal: boolean) {
  const isReturn = isReversal || detail.all('RtrInf').length > 0;
  const structured = detail.all('RmtInf', 'Strd', 'CdtrRefInf', 'Ref').map(({ text }) => text);
  const written = detail.all('RmtInf', 'Ustrd').map(({ text }) => text);
  const why = [...detail.all('RtrInf', 'Rsn', 'Cd'), ...detail.all('RtrInf', 'AddtlInf')].map(({ text }) => text);
  const endToEndId = tidy(detail.at('Refs', 'EndToEndId'));
  return {
    isReturn,
    ...partyOf(detail, isOut, isReturn),
    remittance: tidy([...structured, ...written, ...why].join(' ')) ?? '',
    endToEndId: endToEndId === 'NOTPROVIDED' ? null : endToEndId,
  };
}

/** Who is on the other side. */
function partyOf(detail: XmlNode, isOut: boolean, isReturn: boolean) {
  const [parties] = detail.all('RltdPties');
  const names = (role: string): boolean => [role, `${role}Acct`].some((name) => parties?.all(name).length);
  // A return names the parties of what it takes back; some banks turn them round.
  const role = isOut && !(isReturn && names('Dbtr')) ? 'Cdtr' : 'Dbtr';
  return {
    payerName: tidy(parties?.at(role, 'Nm') ?? parties?.at(role, 'Pty', 'Nm')),
    payerAccount: tidy(parties?.at(`${role}Acct`, 'Id', 'IBAN') ?? parties?.at(`${role}Acct`, 'Id', 'Othr', 'Id')),
  };
}

/** The operator, as its documents name it. */
export interface IssuerDetails {
  readonly name: string;
  readonly street: string;
  readonly city: string;
  readonly zip: string;
  readonly state: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** For VAT, with the letters of its country. */
  readonly taxId: string | null;
  /** In the register of companies. */
  readonly registration: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly website: string | null;
  /** What stands for a logo; the name where there is none. */
  readonly logoText: string | null;
  readonly footer: string | null;
  readonly bankName: string | null;
  /** ISO 13616, without spaces. */
  readonly iban: string | null;
  readonly bic: string | null;
  /** Where there is no IBAN: whatever identifies the account. */
  readonly bankAccount: string | null;
}

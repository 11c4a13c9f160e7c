/** Whether nothing may be skipped: what is missing fails. */
export const nothingMayBeMissing = (): boolean => process.env['CI'] === 'true';

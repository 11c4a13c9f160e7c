/** Whether nothing may be skipped: what is missing fails. (Apart from Jest, because benchmarks ask too.) */
export const nothingMayBeMissing = (): boolean => process.env['CI'] === 'true';

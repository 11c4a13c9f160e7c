/** How many cases a property is tried with: few in the everyday run, as many as ISP_TEST_CASES says in a long one. */
export function casesOf(everyday: number): number {
  return Number(process.env['ISP_TEST_CASES'] ?? everyday);
}

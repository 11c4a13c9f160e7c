/** Histories that a property is tried with: others in each run of the suite; a release may want 100,000 of them. */
export const HISTORIES = Number(process.env['ISP_TEST_HISTORIES'] ?? 120);

import { Client } from 'pg';

/** Runs `work` while another transaction holds what `sql` locks; whoever needs that too waits, or is killed waiting. */
export async function whileHeld<T>(url: string, sql: string, work: () => Promise<T>): Promise<T> {
  const holder = new Client({ connectionString: url });
  await holder.connect();
  try {
    await holder.query(`BEGIN; ${sql}`);
    return await work();
  } finally {
    await holder.query('ROLLBACK').finally(() => holder.end());
  }
}

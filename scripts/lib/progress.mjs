/** Says what is being done: in a terminal with the seconds it takes, elsewhere one line. */
export async function phase(label, work) {
  if (!process.stdout.isTTY) {
    console.log(`${label} …`);
    return work();
  }
  const start = performance.now();
  const seconds = () => Math.round((performance.now() - start) / 1000);
  const show = () => process.stdout.write(`\r\x1b[K${label} … ${seconds()} s`);
  show();
  const timer = setInterval(show, 1000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    process.stdout.write(`\r\x1b[K${label}: ${seconds()} s\n`);
  }
}

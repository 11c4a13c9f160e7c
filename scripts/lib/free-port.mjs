import { createServer } from 'node:net';

/**
 * Rejects with one clear line when nobody could listen where the application will, before anything is installed or
 * compiled. The application looks again itself: the port may be taken meanwhile. What is no port is its to refuse.
 */
export async function requireFreePort({ PORT, ISP_HOST } = process.env) {
  const port = Number(PORT || 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return;
  const probe = createServer();
  try {
    await new Promise((done, refuse) => probe.once('error', refuse).listen(port, ISP_HOST || '127.0.0.1', done));
  } catch ({ code }) {
    if (code === 'EADDRINUSE') throw new Error(`port ${port} is in use; set PORT to another one`);
    if (code === 'EACCES') throw new Error(`port ${port} may not be used; set PORT to another one`);
    return;
  }
  await new Promise((done) => probe.close(done));
}

const MINIMUM = [20, 19];

/** Ends with one clear line under a Node that is too old. Written so that such a Node can read it. */
export function requireNode() {
  const version = process.versions.node.split('.').map(Number);
  if (version[0] > MINIMUM[0] || (version[0] === MINIMUM[0] && version[1] >= MINIMUM[1])) return;
  console.error(`This needs Node.js ${MINIMUM.join('.')} or newer; you run ${process.versions.node}.`);
  process.exit(1);
}

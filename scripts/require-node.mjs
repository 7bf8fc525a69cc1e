/** Says in one sentence what to do when the pinned Node.js is not the one that runs. */

const needed = 24;

/** Ends the process when this Node.js is too old for what Moewe needs. */
export function requireNode() {
  const running = Number(process.versions.node.split('.')[0]);
  if (running >= needed) return;
  console.error(
    `This needs Node.js ${needed}, which \`npm ci\` installs into node_modules, but Node.js ` +
      `${process.versions.node} is running. Run \`npm ci\` again and allow the install script of the ` +
      'package "node" (`npm install-scripts approve node`), or install Node.js 24 yourself.',
  );
  process.exit(2);
}

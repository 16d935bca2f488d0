// Entry of every npm script. It runs on whatever Node (>= 20) the user has, before anything is installed: it brings the
// locked dependencies up to date, then hands over to the Node release that the dev dependency `node` pins.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const MINIMUM_NODE_MAJOR = 20;
const PARENT_CHECK_MS = 500;
const PROGRAMS = {
  vitest: "vitest/vitest.mjs",
  biome: "@biomejs/biome/bin/biome",
  tsc: "typescript/bin/tsc",
};

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
const pinnedNode = join(modules, "node", "bin", process.platform === "win32" ? "node.exe" : "node");

function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

/** npm keeps what it installed in node_modules/.package-lock.json: the first locked package that is missing there, or other. */
function firstStalePackage() {
  if (!existsSync(pinnedNode)) return "node";
  const locked = readJson(join(root, "package-lock.json"))?.packages ?? {};
  const installed = readJson(join(modules, ".package-lock.json"))?.packages ?? {};
  for (const [path, { version, optional, link }] of Object.entries(locked)) {
    const known = installed[path];
    if (path === "" || (optional && known === undefined)) continue;
    // npm records no version for a workspace: only the link in node_modules shows that it is installed.
    if (known?.version !== version || (link && !existsSync(join(root, path)))) return path;
  }
  return undefined;
}

function install(reason) {
  process.stderr.write(
    `Installing the locked dependencies (${reason} is missing or stale); this takes a minute at most.\n`,
  );
  const npm = process.env.npm_execpath;
  const [command, ...first] = npm?.endsWith(".js")
    ? [process.execPath, npm]
    : [process.platform === "win32" ? "npm.cmd" : "npm"];
  // npm's report goes to stderr: stdout belongs to the program (`npm start -- --json`).
  const done = spawnSync(command, [...first, "ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32" && command.endsWith(".cmd"),
  });
  if (done.error !== undefined || done.status !== 0) {
    const why = done.error?.message ?? `exit status ${done.status}`;
    process.stderr.write(`npm ci failed (${why}). Run it by hand to see why, then try again.\n`);
    process.exit(1);
  }
}

function run(program, args) {
  const file = program in PROGRAMS ? join(modules, PROGRAMS[program]) : join(root, program);
  const child = spawn(pinnedNode, [file, ...args], {
    cwd: root,
    stdio: "inherit",
    // What the program starts in turn finds the pinned Node first.
    env: {
      ...process.env,
      PATH: `${dirname(pinnedNode)}${process.platform === "win32" ? ";" : ":"}${process.env.PATH ?? ""}`,
    },
  });
  // Ctrl-C reaches the child from the terminal; it decides when all is stopped, and we wait for it.
  process.on("SIGINT", () => undefined);
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  if (process.env.npm_lifecycle_event !== undefined) stopWithNpm(child);
  child.on("error", (error) => {
    process.stderr.write(`Cannot start ${pinnedNode}: ${error.message}\n`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

/** npm, when it is ended, ends the shell it started and not us: without it nobody could stop the program any more. */
function stopWithNpm(child) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill("SIGTERM");
  }, PARENT_CHECK_MS);
  watch.unref();
}

if (Number.parseInt(process.versions.node, 10) < MINIMUM_NODE_MAJOR) {
  process.stderr.write(`Node ${MINIMUM_NODE_MAJOR} or newer is needed; this is ${process.version}.\n`);
  process.exit(1);
}
const [program, ...args] = process.argv.slice(2);
if (program === undefined) {
  process.stderr.write("usage: node scripts/run.mjs PROGRAM [ARG...]\n");
  process.exit(2);
}
const stale = firstStalePackage();
if (stale !== undefined) install(stale.replace(/^.*node_modules\//, ""));
run(program, args);

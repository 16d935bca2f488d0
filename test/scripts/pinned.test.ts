import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const ROOT = join(import.meta.dirname, "../..");
const filesIn = (folder: string): [string, string][] =>
  readdirSync(join(ROOT, folder)).map((file) => [`${folder}/${file}`, readFileSync(join(ROOT, folder, file), "utf8")]);
const WORKFLOWS = filesIn(".github/workflows");
const SCRIPTS = filesIn(".ci");

/** What the distribution's own signed archive may bring: its release fixes the version. */
const DISTRIBUTION_PACKAGES = ["redis-server"];

type Rule = readonly [name: string, breaks: (line: string) => boolean];
const RULES: readonly Rule[] = [
  [
    "an action is fixed by commit, with its version in a comment",
    (line) =>
      /\buses:/.test(line) &&
      !/\buses: \.\//.test(line) &&
      !/\buses: [\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line),
  ],
  ["a runner is a release", (line) => /\bruns-on:.*latest/.test(line)],
  ["an image is fixed by digest", (line) => /\b(image|container): /.test(line) && !/@sha256:[0-9a-f]{64}$/.test(line)],
  ["npx takes what is locked", (line) => /\bnpx\b/.test(line) && !/\bnpx --no(-install)? /.test(line)],
  [
    "packages of npm come from the lock file",
    (line) => /\b(npm (install|i|add|update|exec|x)|(pnpm|yarn|bun) (\w+))\b/.test(line),
  ],
  [
    "no other package manager",
    (line) => /\b(pipx?|pip3|uv|gem|cargo|go|brew|snap|dotnet tool|az extension)( \w+)? (install|add)\b/.test(line),
  ],
  [
    "Bicep has a version",
    (line) => /\baz bicep (install|upgrade)\b/.test(line) && !/\binstall --version v\d+\.\d+\.\d+\b/.test(line),
  ],
  [
    "nothing from the network is run",
    (line) =>
      /\b(curl|wget)\b.*\|.*\b(sh|bash|zsh|node|python3?)\b|\b(sh|bash|eval|source)\b.*[<$]\( *(curl|wget)\b/.test(
        line,
      ),
  ],
  [
    "apt brings named packages of the distribution",
    (line) => {
      const [, named] = /\bapt(?:-get)? install((?: [^\s;&|>}]+)*)/.exec(line) ?? [];
      const packages = (named ?? "").split(" ").filter((word) => word !== "" && !word.startsWith("-"));
      return packages.some((each) => !DISTRIBUTION_PACKAGES.includes(each)) || /\badd-apt-repository\b/.test(line);
    },
  ],
];

/** The rules that a file breaks, each with the line. Comments say nothing, but for the version beside an action. */
function broken(content: string): string[] {
  const lines = content.replaceAll(/\\\n\s*/g, "").split("\n");
  return lines.flatMap((line) => {
    const code = /\buses:/.test(line) ? line.trimEnd() : line.replace(/(^|\s)#.*$/, "");
    return RULES.filter(([, breaks]) => breaks(code)).map(([name]) => `${name}: ${line.trim()}`);
  });
}

const COMMIT = "34e114876b0b11c390a56381ad16ebd13914f8d5";

describe("what CI installs and runs", () => {
  it("is there to be read", () => {
    expect(WORKFLOWS.length).toBeGreaterThan(0);
    expect(SCRIPTS.map(([name]) => name)).toContain(".ci/run");
  });

  it.each([...WORKFLOWS, ...SCRIPTS])("is fixed to a version, in %s", (_, content) => {
    expect(broken(content)).toEqual([]);
  });

  it.each([
    "- uses: actions/checkout@v4",
    "- uses: actions/checkout@main # v4.3.1",
    `- uses: actions/checkout@${COMMIT}`,
    `- uses: actions/checkout@${COMMIT} # v4`,
    `- uses: actions/checkout@${COMMIT.slice(0, 12)} # v4.3.1`,
    "- uses: docker://alpine:3.20",
    "runs-on: ubuntu-latest",
    "image: redis:7",
    "container: node:22",
    "- run: npx vitest run",
    "- run: npx --yes esbuild",
    "- run: npm install",
    "- run: npm i -g azure-functions-core-tools",
    "- run: npm exec -- vitest",
    "- run: yarn add zod",
    "- run: pip install azure-cli",
    "- run: pip3 install azure-cli",
    "- run: dotnet tool install --global bicep",
    "- run: go install example.com/tool@latest",
    "- run: az extension add --name azure-devops",
    "- run: az bicep install",
    "- run: az bicep upgrade",
    "- run: az bicep install --version latest",
    "- run: curl -fsSL https://example.com/install.sh | sh",
    "- run: curl -fsSL https://example.com/install.sh | sudo -E bash -",
    "- run: wget -qO- https://example.com/install.sh \\\n    | bash",
    "- run: bash <(curl -fsSL https://example.com/install.sh)",
    '- run: sh -c "$(curl -fsSL https://example.com/install.sh)"',
    "sudo apt-get install -y redis-server golang",
    "sudo apt install ./tool.deb",
    "add-apt-repository ppa:someone/tools",
  ])("would not be: %s", (line) => {
    expect(broken(line)).toHaveLength(1);
  });

  it.each([
    `- uses: actions/checkout@${COMMIT} # v4.3.1`,
    "- uses: ./.github/actions/setup",
    "- run: npm ci",
    "- run: npm run lint",
    "# npm install would change the lock file",
    "az bicep install --version v0.49.2",
    "apt-get install -y -qq --no-install-recommends redis-server >/dev/null; }",
    `image: redis@sha256:${"0".repeat(64)}`,
  ])("would be: %s", (line) => {
    expect(broken(line)).toEqual([]);
  });
});

describe("the workflows", () => {
  it.each(WORKFLOWS)("may read the repository and nothing else, and leave no token behind: %s", (_, content) => {
    const { permissions, jobs } = parse(content);
    expect(permissions).toEqual({ contents: "read" });
    for (const job of Object.values<{ permissions?: unknown; steps: { uses?: string; with?: unknown }[] }>(jobs)) {
      expect(job.permissions).toBeUndefined();
      for (const step of job.steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"))) {
        expect(step.with).toMatchObject({ "persist-credentials": false });
      }
    }
  });

  it("run the script that every other CI runs, and no check beside it", () => {
    const { jobs } = parse(readFileSync(join(ROOT, ".github/workflows/ci.yml"), "utf8"));
    const runs = jobs.check.steps.flatMap(({ run }: { run?: string }) => (run === undefined ? [] : [run]));
    expect(runs.at(-1)).toBe(".ci/run");
    expect(runs.join("\n")).not.toMatch(/npm (run|test)|bicep (build|lint)/);
  });
});

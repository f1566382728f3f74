import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { resolve } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch, open } from "./browser";
import { Forge, PROGRAM, until } from "./forge";

const S3 = resolve(PROGRAM, "../s3");

/** A stand-in for S3, and the environment by which programs reach it. */
async function bucket(): Promise<{ process: ChildProcess; environment: Record<string, string> }> {
  const child = spawn(S3, []);
  let said = "";
  await new Promise<void>((listens, failed) => {
    child.on("error", (error) =>
      failed(new Error(`${S3}: ${error.message}; cargo build -p testkit makes it`)),
    );
    child.on("exit", (code) => failed(new Error(`${S3} ended with ${code}: ${said}`)));
    child.stdout.on("data", (data: Buffer) => {
      said += data.toString();
      if (said.includes("listening on")) listens();
    });
  });
  const lines = said.split("\n").filter((line) => /^[A-Z_0-9]+=/.test(line));
  return { process: child, environment: Object.fromEntries(lines.map((line) => line.split(/=(.*)/s, 2))) };
}

let s3: Awaited<ReturnType<typeof bucket>>;
let forge: Forge;
let browser: Browser;

beforeAll(async () => {
  s3 = await bucket();
  forge = await new Forge(s3.environment).start();
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await forge?.end();
  s3?.process.kill("SIGKILL");
});

it("uploads to a bucket and downloads from it, past the server", async () => {
  const { id } = await forge.ask("POST", "/projects", { name: "Bucket" });
  const { page, context, wrong } = await open(browser);
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "PUT") sent.push(request.url());
  });
  await page.goto(`${forge.url}/p/${id}/documents`);
  const choose = async (name: string) => {
    const button = page.getByRole("button", { name: /^choose files$/i });
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), button.click()]);
    const text = `# ${name}\n\nA valve is a part of the pump. A valve opens at 5 bar and closes after 3 seconds.`;
    await chooser.setFiles([{ name, mimeType: "text/markdown", buffer: Buffer.from(text) }]);
  };

  // Without its rule the bucket takes nothing from pages, and the page says that it did not get there.
  await choose("refused.md");
  await page.getByText("Connection lost").first().waitFor();
  const refused = wrong.splice(0);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.every((text) => !text.includes("Content Security Policy"))).toBe(true);

  execFileSync(PROGRAM, ["storage", "cors", "--origin", forge.url], {
    env: { ...s3.environment, DATA_FORGE_DATA_DIR: forge.folder },
    cwd: forge.folder,
    stdio: "pipe",
  });
  await page
    .getByRole("button", { name: /^retry/i })
    .first()
    .click();
  await page.getByText("1 of 1 done").waitFor();
  const endpoint = s3.environment.AWS_ENDPOINT_URL ?? "";
  expect(sent.length).toBeGreaterThan(0);
  expect(sent.every((url) => url.startsWith(`${endpoint}/forge/data-forge/`))).toBe(true);

  await page.getByRole("button", { name: "Parse all" }).click();
  await page.getByText("Parsed", { exact: true }).first().waitFor({ timeout: 60_000 });
  await forge.generate(id);
  await until("pairs", async () => (await forge.pairs(id)).length > 0);
  await forge.ask("POST", `/projects/${id}/pairs/bulk-action`, { action: "accept", filter: {} });
  await forge.ask("POST", `/projects/${id}/export`, { format: "chatml" });
  await page.goto(`${forge.url}/p/${id}/export`);
  await page.getByRole("button", { name: "Download version 1" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: "The dataset" }).click(),
  ]);
  expect(download.url().startsWith(`${endpoint}/forge/data-forge/`)).toBe(true);
  expect(download.suggestedFilename()).toBe("v1-dataset.jsonl");
  expect(wrong).toEqual([]);
  await context.close();
});

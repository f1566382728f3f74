import { expect, it } from "vitest";
import { open, type Watched } from "./browser";
import { until } from "./forge";
import { stage } from "./stage";

const on = stage();

type Document = { id: string; filename: string; status: string; size_bytes: number };
const documents = async (project: string) =>
  (await on.forge.ask<{ items: Document[] }>("GET", `/projects/${project}/documents?limit=500`)).items;

async function project(name: string): Promise<string> {
  return (await on.forge.ask("POST", "/projects", { name })).id;
}

type File = { name: string; mimeType: string; buffer: Buffer };
const text = (name: string, content: string): File => ({
  name,
  mimeType: "text/plain",
  buffer: Buffer.from(content),
});

/** Chooses files by the first button that asks for them. */
async function choose({ page }: Watched, files: File[]) {
  const button = page.getByRole("button", { name: /^choose files$/i });
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), button.click()]);
  await chooser.setFiles(files);
}

it("notices the same content, and takes what is dropped", async () => {
  const id = await project("Duplicates");
  const watched = await open(on.browser);
  const { page, context, wrong } = watched;
  await page.goto(`${on.forge.url}/p/${id}/documents`);
  await choose(watched, [text("first.md", "# One\n\nA valve opens at 5 bar.")]);
  await page.getByText("1 of 1 done").waitFor();
  await choose(watched, [
    text("copy.md", "# One\n\nA valve opens at 5 bar."),
    text("program.exe", "no document"),
  ]);
  await page.getByText("Same content as first.md").waitFor();
  await page.getByText("Not a format that is read").waitFor();
  expect((await documents(id)).length).toBe(1);
  await page.getByRole("button", { name: "Keep both: copy.md" }).click();
  await until("both", async () => (await documents(id)).length === 2);

  // As dragged from a folder of the computer.
  const dragged = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(["# Two\n\nA seal closes after 3 seconds."], "dropped.md"));
    return data;
  });
  await page.dispatchEvent("main", "dragenter", { dataTransfer: dragged });
  await page.dispatchEvent("main", "drop", { dataTransfer: dragged });
  await until("what was dropped", async () =>
    (await documents(id)).some(({ filename }) => filename === "dropped.md"),
  );
  expect(wrong).toEqual([]);
  await context.close();
});

it("pauses an upload and goes on with it, and retries one that broke", async () => {
  const id = await project("Interrupted");
  const watched = await open(on.browser);
  const { page, context, wrong } = watched;
  await page.goto(`${on.forge.url}/p/${id}/documents`);
  // Nothing gets through to the store, until it may.
  const sent: string[] = [];
  await page.route(/\/objects\//, (route) => {
    sent.push(route.request().method());
  });
  await choose(watched, [text("slow.md", "# Slow\n\nA valve opens at 5 bar.")]);
  await expect.poll(() => sent.length).toBe(1);
  await page.getByRole("button", { name: "Pause slow.md" }).click();
  await page.getByText("starts again on resume").waitFor();
  expect(await documents(id)).toEqual([]);
  await page.unroute(/\/objects\//);
  await page.getByRole("button", { name: "Resume slow.md" }).click();
  await page.getByText("1 of 1 done").waitFor();

  await page.route(/\/objects\//, (route) => route.abort("connectionreset"));
  await choose(watched, [text("broken.md", "# Broken\n\nA seal closes after 3 seconds.")]);
  await page.getByText("Connection lost").waitFor();
  await page.unroute(/\/objects\//);
  await page.getByRole("button", { name: "Retry broken.md" }).click();
  await page.getByText("2 of 2 done").waitFor();
  const names = (await documents(id)).map(({ filename }) => filename);
  expect(names.sort()).toEqual(["broken.md", "slow.md"]);
  expect(wrong).toEqual([]);
  await context.close();
});

it("parses all, says why one failed, and shows a document beside its outline", async () => {
  const id = await project("Parsing");
  const watched = await open(on.browser);
  const { page, context, wrong } = watched;
  await page.goto(`${on.forge.url}/p/${id}/documents`);
  const sections = Array.from(
    { length: 40 },
    (_, at) => `## Section ${at}\n\nPump ${at} moves ${at} litres.\n`,
  );
  await choose(watched, [
    text("guide.md", `# Guide\n\n${sections.join("\n")}`),
    text("broken.pdf", "%PDF-1.7\nthis is no PDF"),
  ]);
  await page.getByText("2 of 2 done").waitFor();
  await page.getByRole("button", { name: "Chunking options" }).click();
  await page.getByRole("radio", { name: /Headings/ }).check();
  await page.getByRole("button", { name: "Parse 2" }).click();
  await page.getByRole("table").getByText("Parsed").waitFor({ timeout: 120_000 });
  const row = page.getByRole("row", { name: /broken\.pdf/ });
  await row.getByText("Failed").waitFor();
  const [failed] = (await documents(id)).filter(({ filename }) => filename === "broken.pdf");
  const { error } = await on.forge.ask("GET", `/projects/${id}/documents/${failed?.id}`);
  await row.getByText(String(error)).waitFor();

  await page.getByRole("button", { name: "guide.md", exact: true }).click();
  await page.waitForURL(/open=/);
  const preview = page.getByRole("dialog", { name: "guide.md" });
  await preview
    .getByRole("navigation", { name: "Outline" })
    .getByRole("button", { name: "Section 30" })
    .click();
  await preview.getByRole("region", { name: "Text" }).getByText("Pump 30 moves 30 litres.").waitFor();
  await page.goBack();
  await preview.waitFor({ state: "hidden" });

  await page.getByRole("button", { name: /^Failed/ }).click();
  await page.waitForURL(/status=failed/);
  await page.getByRole("button", { name: "guide.md", exact: true }).waitFor({ state: "hidden" });
  expect(wrong).toEqual([]);
  await context.close();
});

it("takes pasted text and web addresses, and says what is refused", async () => {
  const id = await project("Pasting");
  const { page, context, wrong } = await open(on.browser);
  await page.goto(`${on.forge.url}/p/${id}/documents`);
  await page.getByRole("button", { name: "Paste text" }).click();
  await page.getByRole("textbox", { name: "Text" }).fill("# Release notes\n\nVersion 2 opens at 5 bar.");
  await page.getByRole("button", { name: "Add document" }).click();
  await page.getByText("1 document added").waitFor();
  expect((await documents(id))[0]?.filename).toBe("Release notes.md");

  await page.getByRole("button", { name: "Add URLs" }).click();
  const field = page.getByRole("textbox", { name: /Web addresses/ });
  await field.fill("example");
  await page.getByText("is no web address").waitFor();
  await field.fill("https://docs.example.com/guide\nhttps://docs.example.com/faq");
  await page.getByRole("button", { name: "Add 2 pages" }).click();
  await until("the addresses", async () => (await documents(id)).length === 3);
  expect(wrong).toEqual([]);
  await context.close();
});

import { expect, it } from "vitest";
import { open } from "./browser";
import { until } from "./forge";
import { stage } from "./stage";

const PAGES = ["documents", "chunks", "generate", "review", "export", "analytics"];
const SCRIPT = `<script>document.title="broken"</script><img src=x onerror="document.title='broken'">`;
const TURNED = "\u202Eright to left\u202C \u2066mixed\u2069 \u200F";

const on = stage();

it("nothing hostile runs or breaks a page: in documents, names and pairs", async () => {
  const code = Array.from({ length: 10_000 }, (_, at) => `let line${at} = "${at} ${SCRIPT}";`).join("\n");
  const project = await on.forge.project(`${SCRIPT} ${TURNED}`, {
    [`${SCRIPT.replaceAll("/", "")}.md`]: `# ${SCRIPT}\n\n## ${TURNED}\n\nA valve is a part that opens at 5 bar. ${SCRIPT} It closes after 3 seconds.\n`,
    "word.txt": `A word is a thing that is long. ${"w".repeat(1_000_000)} ends it.`,
    "code.md": `# Code\n\nA program is a list of lines.\n\n\`\`\`js\n${code}\n\`\`\`\n`,
    "null.txt": "A null is a character that is \u2400 not seen. It is the number 0 of all characters.",
  });
  const pairs = await on.forge.pairs(project, "sort=grounding_score");
  expect(pairs.length).toBeGreaterThan(1);
  const [first, second, third] = pairs;
  if (!first || !second) throw new Error("there are too few pairs");
  await on.forge.ask("PUT", `/pairs/${first.id}`, {
    question: `${SCRIPT} ${TURNED}?`,
    answer: `${SCRIPT} \u2400 ${TURNED} ${"x".repeat(19_000)}`,
    review_status: "pending",
  });
  await on.forge.ask("PUT", `/pairs/${second.id}`, {
    answer: `{{7*7}} \${7*7} javascript:alert(1)\n${TURNED}`,
    review_status: "pending",
  });
  expect(third ?? second).toBeTruthy();

  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    const { page, context, wrong } = await open(on.browser, { viewport });
    for (const name of PAGES) {
      await page.goto(`${on.forge.url}/p/${project}/${name}${name === "review" ? `?pair=${first.id}` : ""}`);
      await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
      if (name === "review") await page.getByTestId("question").waitFor();
      await page.waitForTimeout(400);
      expect(await page.title()).not.toBe("broken");
      expect(await page.locator("main img, main script, main iframe").count()).toBe(0);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(wide, `${name} is wider than the window`).toBeLessThanOrEqual(0);
    }
    await page.goto(`${on.forge.url}/p/${project}/review?pair=${first.id}`);
    await expect.poll(() => page.getByTestId("question").textContent()).toContain("<script>");
    const accepted = async () => (await on.forge.pairs(project, "review_status=accepted")).length;
    await page.keyboard.press("a");
    await until("a decision among all that", async () => (await accepted()) === 1);
    await page.keyboard.press("u");
    await until("the same taken back", async () => (await accepted()) === 0);
    expect(wrong).toEqual([]);
    await context.close();
  }
});

it("the policy of the page lets no inline script run", async () => {
  const { page, context } = await open(on.browser);
  await page.goto(on.forge.url);
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.text = "window.ran = true";
    document.body.append(script);
    return "ran" in window;
  });
  expect(ran).toBe(false);
  await context.close();
});

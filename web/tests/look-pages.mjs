/** The pages that `look.mjs` looks at, each with the steps that lead to the state worth seeing. */

/** Makes an interview and opens its page. */
async function makeAndOpen(page, wishes = {}) {
  await page.goto('/settings');
  const id = await page.evaluate(async (sent) => {
    const response = await fetch('/api/interviews', { method: 'POST', body: JSON.stringify(sent) });
    return (await response.json()).id;
  }, wishes);
  await page.goto(`/room/${id}`);
  return id;
}

/** Makes an interview and opens its room. */
async function openRoom(page, wishes = {}) {
  const id = await makeAndOpen(page, wishes);
  await page.getByRole('button', { name: 'I’m ready' }).waitFor();
  return id;
}

async function enterRoom(page, wishes = {}) {
  await openRoom(page, wishes);
  await page.getByRole('button', { name: 'I’m ready' }).click();
}

/** Opens the report of the latest interview, or of a retake of it, after its own rating. */
async function openReport(page, server, { retake = false } = {}) {
  const list = [...server.state.interviews.values()].reverse();
  const interview = list.find((one) => (one.retake_of !== null) === retake);
  await page.goto(`/report/${interview.id}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

/** Opens the details of the nth answer of a report, and those inside it. */
async function openAnswer(page, n) {
  const answers = page.locator('section[aria-labelledby="answers-title"] > details');
  await answers.nth(n).locator('> summary').click();
  // What is inside is made once the answer is opened.
  await answers.nth(n).getByRole('heading', { name: 'What you said' }).waitFor();
  const inside = [
    'Your own words, reordered',
    'Levels of this answer',
    'How it was said',
    'The same as a table',
  ];
  for (const name of inside) {
    const inner = answers.nth(n).getByText(name, { exact: true });
    if ((await inner.count()) > 0) await inner.click();
  }
}

const myTurn = (page) => page.getByText('Your turn. Take your time.').waitFor({ timeout: 15_000 });

export const pages = [
  { name: 'home', go: (page) => page.goto('/') },
  {
    name: 'home-first',
    server: { empty: true },
    go: (page) => page.goto('/'),
  },
  {
    name: 'home-typed',
    server: { models: 'pulling' },
    go: (page) => page.goto('/'),
  },
  {
    name: 'welcome',
    server: { empty: true, models: 'none' },
    go: (page) => page.goto('/'),
  },
  {
    name: 'welcome-pulling',
    server: { empty: true, models: 'none' },
    go: async (page) => {
      await page.goto('/welcome');
      await page.getByRole('button', { name: /^Fetch \d/ }).click();
      await page.getByText('On their way').waitFor();
    },
  },
  {
    name: 'start',
    go: async (page) => {
      await page.goto('/start');
      await page.getByRole('button', { name: 'Show the questions' }).click();
    },
  },
  {
    name: 'start-no-goal',
    server: { empty: true },
    go: async (page) => {
      await page.goto('/start?persona=helen&focus=conflict');
      await page.getByRole('button', { name: 'Show the questions' }).waitFor();
    },
  },
  { name: 'goals', go: (page) => page.goto('/goals') },
  { name: 'goals-none', server: { empty: true }, go: (page) => page.goto('/goals') },
  {
    name: 'goals-form',
    go: async (page) => {
      await page.goto('/goals');
      await page.getByRole('button', { name: 'Add a goal' }).click();
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Say which role').waitFor();
    },
  },
  { name: 'settings', go: (page) => page.goto('/settings') },
  ...['untested', 'running', 'failed', 'passed'].map((judge) => ({
    name: `settings-judge-${judge}`,
    server: { judge, remote: judge === 'untested' },
    go: async (page) => {
      await page.goto('/settings');
      await page.getByRole('heading', { name: 'A second judge' }).waitFor();
      if (judge === 'failed') await page.getByText('How the answers came out').click();
    },
  })),
  {
    name: 'settings-delete',
    viewport: true,
    go: async (page) => {
      await page.goto('/settings');
      await page.getByRole('button', { name: 'Delete everything' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'report-rate',
    go: async (page, server) => {
      await openReport(page, server);
      await page.getByText('First, what do you say?').waitFor();
    },
  },
  {
    name: 'report-whole',
    server: { rated: true },
    go: (page, server) => openReport(page, server),
  },
  {
    name: 'report-answer',
    server: { rated: true },
    go: async (page, server) => {
      await openReport(page, server);
      await openAnswer(page, 0);
      await page.getByRole('link', { name: /^Note 2/ }).click();
    },
  },
  {
    name: 'report-two-judges',
    server: { rated: true, judge: 'passed' },
    go: async (page, server) => {
      await openReport(page, server);
      await openAnswer(page, 0);
      await page.getByText('A language model:').first().click();
    },
  },
  {
    name: 'report-parts',
    server: { rated: true },
    go: async (page, server) => {
      await openReport(page, server);
      await openAnswer(page, 0);
      await page.getByText('Parts of the story', { exact: true }).first().click();
      await page.getByRole('button', { name: 'Strike out “um”' }).click();
      await page.getByRole('button', { name: 'Put back “um”' }).waitFor();
    },
  },
  {
    name: 'report-playing',
    viewport: true,
    server: { rated: true },
    go: async (page, server) => {
      await openReport(page, server);
      await openAnswer(page, 1);
      const slider = page.getByRole('slider');
      await slider.focus();
      for (let i = 0; i < 4; i += 1) await page.keyboard.press('ArrowRight');
      await slider.scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'report-correct',
    server: { rated: true },
    go: async (page, server) => {
      await openReport(page, server);
      await openAnswer(page, 0);
      await page.getByRole('button', { name: 'Correct the transcript' }).click();
      await page.getByRole('textbox', { name: 'What you said' }).waitFor();
    },
  },
  {
    name: 'report-again',
    server: { rated: true },
    go: async (page, server) => {
      await openReport(page, server);
      await openAnswer(page, 1);
      await page.getByRole('button', { name: 'Correct the transcript' }).click();
      await page.getByRole('textbox', { name: 'What you said' }).fill('Our inbox had no owner.');
      await page.getByRole('button', { name: 'Judge it again' }).click();
      await page.getByText('judging answer 1 again').waitFor();
    },
  },
  ...['judging', 'partial', 'failed', 'no_answers', 'not_yet'].map((report) => ({
    name: `report-${report.replace('_', '-')}`,
    server: { rated: true, report },
    go: (page, server) => openReport(page, server),
  })),
  {
    name: 'report-retake',
    server: { rated: true, retaken: true },
    go: async (page, server) => {
      await openReport(page, server, { retake: true });
      await page.getByText('A better answer').waitFor();
    },
  },
  {
    name: 'report-delete',
    viewport: true,
    go: async (page, server) => {
      await openReport(page, server);
      await page.getByRole('button', { name: 'Skip this' }).click();
      await page.getByRole('button', { name: 'Delete for good' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'compare',
    server: { rated: true, retaken: true },
    go: async (page, server) => {
      await openReport(page, server, { retake: true });
      await page.getByRole('link', { name: 'See both side by side' }).click();
      await page.getByRole('heading', { name: 'What changed' }).waitFor();
    },
  },
  {
    name: 'history',
    server: { retaken: true },
    go: async (page) => {
      await page.goto('/history');
      await page.getByRole('heading', { name: 'History' }).waitFor();
    },
  },
  {
    name: 'history-levels',
    server: { retaken: true, practised: 9 },
    go: async (page) => {
      await page.goto('/history');
      for (const name of ['How to read it', 'Criterion by criterion']) {
        await page.getByText(name, { exact: true }).click();
      }
      await page.getByText('answers left out, and why').click();
      await page.getByText('The same as a table').first().click();
    },
  },
  {
    name: 'history-none',
    server: { empty: true },
    go: async (page) => {
      await page.goto('/history');
      await page.getByText('No interview yet.').waitFor();
    },
  },
  {
    name: 'history-refused',
    offline: true,
    go: async (page) => {
      await page.goto('/history');
      await page.getByLabel('A Greenroom file').setInputFiles({
        name: 'notes.greenroom',
        mimeType: 'text/plain',
        buffer: Buffer.from('x'),
      });
      await page.getByRole('alert').waitFor();
    },
  },
  { name: 'missing', missing: true, go: (page) => page.goto('/nowhere') },
  {
    name: 'room-lobby',
    go: (page) => openRoom(page),
  },
  {
    name: 'room-queue',
    server: { queue: { position: 2, waiting: 3, minutes: 14 } },
    go: async (page) => {
      await makeAndOpen(page);
      await page.getByText('is still with somebody else').waitFor();
    },
  },
  {
    name: 'room-queue-typed',
    server: { queue: { position: 1, waiting: 1, minutes: 1 } },
    go: async (page) => {
      await makeAndOpen(page);
      await page.getByRole('button', { name: 'Type my answers now' }).click();
      await page.getByRole('button', { name: 'I’m ready' }).waitFor();
    },
  },
  {
    name: 'room-queue-let-in',
    server: { queue: { position: 1, waiting: 1, minutes: 1 } },
    go: async (page, server) => {
      await makeAndOpen(page);
      await page.getByText('is still with somebody else').waitFor();
      server.state.line.hello(server.state.token);
      await page.getByText('There is a place for you now.').waitFor();
    },
  },
  {
    name: 'room-queue-break',
    viewport: true,
    go: async (page, server) => {
      await enterRoom(page);
      await myTurn(page);
      await page.keyboard.press('p');
      await page.getByRole('button', { name: 'Go on' }).waitFor();
      server.state.queue = { position: 1, waiting: 1, minutes: 4 };
      server.dropLines();
      await page.getByText('Others are speaking just now.').waitFor();
    },
  },
  {
    name: 'start-queue',
    server: { queue: { position: 2, waiting: 3, minutes: 14 } },
    go: async (page) => {
      await page.goto('/start');
      await page.getByText('All places to speak are taken').waitFor();
      await page.getByRole('button', { name: 'Show the questions' }).waitFor();
    },
  },
  {
    name: 'room-speaking',
    viewport: true,
    go: async (page) => {
      await enterRoom(page);
      await page.getByText('Maya is speaking.').waitFor();
      await page.waitForTimeout(900);
    },
  },
  {
    name: 'room-answering',
    viewport: true,
    go: async (page) => {
      await enterRoom(page, { live_hints: true, camera: true });
      await myTurn(page);
      await page.getByText('ferry timetable').waitFor();
    },
  },
  {
    name: 'room-question-more',
    go: async (page) => {
      await enterRoom(page, { persona: 'helen' });
      await myTurn(page);
      await page.keyboard.press('d');
      await page.waitForTimeout(500);
      await myTurn(page);
      await page.getByRole('button', { name: 'Question', exact: true }).click();
      await page.getByRole('button', { name: 'More', exact: true }).click();
    },
  },
  {
    name: 'room-typed',
    go: async (page) => {
      await openRoom(page, { persona: 'marcus' });
      await page.getByRole('button', { name: 'Type my answers' }).click();
      await page.getByText('Your turn: type your answer.').waitFor({ timeout: 15_000 });
      await page
        .getByRole('textbox', { name: 'Your answer' })
        .fill('Last spring we had to rebuild the timetable.');
    },
  },
  {
    name: 'room-denied',
    denied: true,
    go: async (page) => {
      await page.addInitScript(() => {
        navigator.mediaDevices.getUserMedia = () =>
          Promise.reject(new DOMException('no', 'NotAllowedError'));
      });
      await enterRoom(page);
      await page.getByText('does not let this page').waitFor();
    },
  },
  {
    name: 'room-check',
    go: async (page) => {
      await openRoom(page);
      await page.getByRole('button', { name: 'Check my microphone' }).click();
      await page.getByRole('button', { name: 'Check the microphone' }).click();
      await page.getByText('This will work well.').waitFor({ timeout: 15_000 });
      await page.getByRole('button', { name: 'Play a line' }).click();
      await page.getByText('Did you hear Maya?').waitFor();
    },
  },
  {
    name: 'room-lost',
    offline: true,
    viewport: true,
    go: async (page, server) => {
      await enterRoom(page);
      await myTurn(page);
      await page.context().setOffline(true);
      server.dropLines();
      await page.getByText('Connection lost.').waitFor();
    },
  },
  {
    name: 'room-end',
    viewport: true,
    go: async (page) => {
      await enterRoom(page);
      await page.getByRole('button', { name: 'End' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'room-keys',
    viewport: true,
    go: async (page) => {
      await enterRoom(page);
      await myTurn(page);
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'room-paused',
    viewport: true,
    go: async (page) => {
      await enterRoom(page);
      await myTurn(page);
      await page.keyboard.press('p');
      await page.getByRole('button', { name: 'Go on' }).waitFor();
    },
  },
  {
    name: 'room-one-way',
    viewport: true,
    go: async (page) => {
      await enterRoom(page, { format: 'one-way-video', camera: true });
      await page.getByRole('button', { name: 'Start my answer' }).waitFor();
    },
  },
  {
    name: 'room-one-way-review',
    viewport: true,
    go: async (page) => {
      await enterRoom(page, { format: 'one-way-video' });
      await page.getByRole('button', { name: 'Start my answer' }).click();
      await page.getByRole('button', { name: 'I’m done' }).click();
      await page.getByRole('button', { name: 'Keep it' }).waitFor();
    },
  },
];

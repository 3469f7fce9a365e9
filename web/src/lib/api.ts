/** The server's HTTP interface: its types under their own names, and one function for each request. */

import { error } from '@sveltejs/kit';
import type { components } from './wire';

type Schemas = components['schemas'];

export type Abilities = Schemas['Abilities'];
export type Anchors = Schemas['Anchors'];
export type AnswerReport = Schemas['AnswerReport'];
export type AnswerSummary = Schemas['AnswerSummary'];
export type Attempt = Schemas['Attempt'];
export type Change = Schemas['Change'];
export type ClientMessage = Schemas['ClientMessage'];
export type Comparison = Schemas['Comparison'];
export type Competency = Schemas['Competency'];
export type CompetencyId = Schemas['CompetencyId'];
export type Correction = Schemas['Correction'];
export type Coverage = Schemas['Coverage'];
export type Created = Schemas['Created'];
export type Evidence = Schemas['Evidence'];
export type Feature = Schemas['Feature'];
export type Filler = Schemas['Filler'];
export type Format = Schemas['Format'];
export type Goal = Schemas['Goal'];
export type GoalEntry = Schemas['GoalEntry'];
export type Interval = Schemas['Interval'];
export type Interview = Schemas['Interview'];
export type InterviewState = Schemas['InterviewState'];
export type InterviewSummary = Schemas['InterviewSummary'];
export type LeftOut = Schemas['LeftOut'];
export type Level = Schemas['Level'];
export type Library = Schemas['Library'];
export type Measure = Schemas['Measure'];
export type Model = Schemas['Model'];
export type ModelJudge = Schemas['ModelJudge'];
export type NextStep = Schemas['NextStep'];
export type OtherLevel = Schemas['OtherLevel'];
export type Persona = Schemas['Persona'];
export type Plan = Schemas['Plan'];
export type PlanItem = Schemas['PlanItem'];
export type Point = Schemas['Point'];
export type Priority = Schemas['Priority'];
export type Progress = Schemas['Progress'];
export type ProgressPoint = Schemas['ProgressPoint'];
export type ProgressSeries = Schemas['ProgressSeries'];
export type Ratings = Schemas['Ratings'];
export type Report = Schemas['Report'];
export type ReportState = Schemas['ReportState'];
export type Retake = Schemas['Retake'];
export type RetakeOf = Schemas['RetakeOf'];
export type Sample = Schemas['Sample'];
export type Seniority = Schemas['Seniority'];
export type ServerMessage = Schemas['ServerMessage'];
export type Settings = Schemas['Settings'];
export type StarPart = Schemas['StarPart'];
export type Take = Schemas['Take'];
export type Status = Schemas['Status'];
export type Theme = Schemas['Theme'];
export type Timeline = Schemas['Timeline'];
export type Turn = Schemas['Turn'];
export type View = Schemas['View'];
export type Wishes = Schemas['Wishes'];
export type Word = Schemas['Word'];

/** A request that the server refused, or that did not reach it (`status` 0, `code` "unreachable"). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** What to tell a person of anything that was thrown, in one sentence. */
export function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

let pageToken: string | undefined;

/** The token that allows this page to change things; the server wrote it into the page. */
export function token(): string {
  pageToken ??= tokenOf(document);
  return pageToken;
}

/**
 * Asks for the page again and takes its token: a restarted server has a new one, and whoever is in
 * the middle of an answer must not have to reload.
 */
export async function renewToken(): Promise<string> {
  const response = await send('/', { cache: 'no-store' });
  pageToken = tokenOf(new DOMParser().parseFromString(await response.text(), 'text/html'));
  return pageToken;
}

function tokenOf(page: Document): string {
  return page.querySelector<HTMLMetaElement>('meta[name="greenroom-token"]')?.content ?? '';
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'unreachable', 'Greenroom does not answer. Is it still running?');
  }
}

async function refusal(response: Response): Promise<ApiError> {
  let code = `http_${response.status}`;
  let text = `The server answered ${response.status}.`;
  try {
    const problem: { code?: string; detail?: string; title?: string } = await response.json();
    code = problem.code ?? code;
    text = problem.detail ?? problem.title ?? text;
  } catch {
    // Not a problem document; the status says what there is to say.
  }
  return new ApiError(response.status, code, text);
}

/** Sends a request and returns its answer, or throws an `ApiError`. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const changes = init.method !== undefined && init.method !== 'GET';
  const once = () => {
    const headers = new Headers(init.headers);
    if (changes) headers.set('x-greenroom-token', token());
    return send(path, { ...init, headers });
  };
  let response = await once();
  if (changes && response.status === 403) {
    await renewToken();
    response = await once();
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await request(path, signal ? { signal } : {})).json();
}

async function change<T>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<T> {
  const init: RequestInit = { method };
  if (body !== undefined) {
    init.headers = { 'content-type': 'application/json' };
    init.body = JSON.stringify(body);
  }
  const response = await request(path, init);
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

const at = encodeURIComponent;

export const api = {
  status: (signal?: AbortSignal) => read<Status>('/api/status', signal),
  pullModels: (ids: string[]) => change<void>('POST', '/api/models/pull', { ids }),
  judge: () => read<ModelJudge>('/api/judge'),
  checkJudge: () => change<void>('POST', '/api/judge/check'),
  cancelJudgeCheck: () => change<void>('DELETE', '/api/judge/check'),
  library: () => read<Library>('/api/library'),

  goals: () => read<Goal[]>('/api/goals'),
  addGoal: (goal: GoalEntry) => change<Goal>('POST', '/api/goals', goal),
  changeGoal: (id: string, goal: GoalEntry) => change<Goal>('PUT', `/api/goals/${at(id)}`, goal),
  deleteGoal: (id: string) => change<void>('DELETE', `/api/goals/${at(id)}`),

  settings: () => read<Settings>('/api/settings'),
  changeSettings: (settings: Settings) => change<Settings>('PUT', '/api/settings', settings),
  measures: () => read<Measure[]>('/api/measures'),
  nextStep: () => read<NextStep | null>('/api/next-step'),
  dismissNextStep: (id: string) => change<void>('POST', `/api/next-step/${at(id)}/dismiss`),

  plan: (wishes: Wishes) => change<Plan>('POST', '/api/plans', wishes),
  progress: () => read<Progress>('/api/progress'),
  interviews: () => read<InterviewSummary[]>('/api/interviews'),
  startInterview: (wishes: Wishes) => change<Created>('POST', '/api/interviews', wishes),
  interview: (id: string) => read<Interview>(`/api/interviews/${at(id)}`),
  deleteInterview: (id: string) => change<void>('DELETE', `/api/interviews/${at(id)}`),
  deleteEverything: () =>
    change<void>('DELETE', '/api/everything', { confirm: 'delete everything' }),
  report: (id: string, signal?: AbortSignal) =>
    read<Report>(`/api/interviews/${at(id)}/report`, signal),
  rate: (id: string, ratings: Ratings) =>
    change<Ratings>('PUT', `/api/interviews/${at(id)}/ratings`, ratings),

  correct: (answer: string, text: string) =>
    change<void>('PUT', `/api/answers/${at(answer)}/transcript`, { text } satisfies Correction),
  undoCorrection: (answer: string) =>
    change<void>('DELETE', `/api/answers/${at(answer)}/transcript`),
  retake: (answer: string) => change<Created>('POST', `/api/answers/${at(answer)}/retake`),
  compare: (before: string, after: string) =>
    read<Comparison>(`/api/answers/${at(before)}/compare/${at(after)}`),
  strikeFiller: (answer: string, index: number, struck: boolean) =>
    change<void>('POST', `/api/answers/${at(answer)}/fillers/${index}/strike`, { struck }),

  /** A short line in an interviewer's voice, as a WAV file. */
  checkVoice: async (persona: string): Promise<ArrayBuffer> => {
    const response = await request('/api/check/voice', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ persona }),
    });
    return response.arrayBuffer();
  },
  /** Stores a piece of the camera's recording; `startUs` belongs to the first piece of a take. */
  addCameraPiece: (
    id: string,
    take: number,
    seq: number,
    piece: Blob,
    { startUs, endUs }: { startUs?: number; endUs: number },
  ) =>
    request(`/api/interviews/${at(id)}/camera/${take}/${seq}`, {
      method: 'PUT',
      body: piece,
      headers: {
        'x-greenroom-end-us': String(Math.round(endUs)),
        ...(startUs === undefined ? {} : { 'x-greenroom-start-us': String(Math.round(startUs)) }),
      },
    }),
};

/** Turns "there is no such thing" into the page that says so; other refusals stay what they are. */
export async function orMissing<T>(loading: Promise<T>): Promise<T> {
  try {
    return await loading;
  } catch (problem) {
    if (problem instanceof ApiError && problem.status === 404) error(404, problem.message);
    throw problem;
  }
}

/**
 * Sends a Greenroom file and tells how much of it has arrived, 0 to 1. Throws an `ApiError` where the
 * server refuses it. `fetch` cannot tell how far an upload is.
 */
export function importFile(file: File, onshare: (share: number) => void): Promise<Created> {
  const body = new FormData();
  body.append('file', file);
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open('POST', '/api/import');
    sending.setRequestHeader('x-greenroom-token', token());
    sending.upload.onprogress = ({ loaded, total }) => onshare(total > 0 ? loaded / total : 0);
    sending.onerror = () =>
      reject(new ApiError(0, 'unreachable', 'Greenroom does not answer. Is it still running?'));
    sending.onload = () => {
      const { status } = sending;
      const answer = new Response(sending.responseText || null, { status });
      if (answer.ok) answer.json().then(resolve, reject);
      else refusal(answer).then(reject, reject);
    };
    sending.send(body);
  });
}

/** Where a clip of the candidate's sound is, for an `<audio>` element. */
export function soundUrl(id: string, clip: { start?: number; end?: number } = {}): string {
  const query = new URLSearchParams();
  if (clip.start !== undefined) query.set('start_us', String(Math.round(clip.start)));
  if (clip.end !== undefined) query.set('end_us', String(Math.round(clip.end)));
  const text = query.toString();
  return `/api/interviews/${at(id)}/sound${text ? `?${text}` : ''}`;
}

/** Where a take of an interview's camera is, for a `<video>` element. */
export function cameraUrl(id: string, take: number): string {
  return `/api/interviews/${at(id)}/camera/${take}`;
}

/** Where an interview can be downloaded in a format. */
export function exportUrl(
  id: string,
  format: 'json' | 'markdown' | 'print' | 'vtt' | 'greenroom',
): string {
  return `/api/interviews/${at(id)}/export/${format}`;
}

/** Where a socket of the server is. */
export function socketUrl(path: string): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`;
}

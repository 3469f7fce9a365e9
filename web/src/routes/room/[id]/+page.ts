import { redirect } from '@sveltejs/kit';
import { api } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params }) => {
  const [interview, settings] = await Promise.all([api.interview(params.id), api.settings()]);
  if (interview.state === 'ended') redirect(307, `/report/${interview.id}`);
  return { interview, settings };
};

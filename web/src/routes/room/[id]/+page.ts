import { api } from '$lib/api';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params }) => {
  const [interview, settings] = await Promise.all([api.interview(params.id), api.settings()]);
  return { interview, settings };
};
